using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Culvert.Cli.Tests;

public sealed class PlanningCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-cli-tests").FullName;

    private static string Site(string name) => Path.Combine(Repository.Samples, $"{name}.site.yaml");

    [Fact]
    public async Task A_plan_is_written_once_and_then_nothing_changes()
    {
        var folder = Path.Combine(_folder, "plan");
        var (status, first, _) = await CommandRun.RunAsync("plan", Site("cloud-proxy"), "-o", folder);
        var (_, again, _) = await CommandRun.RunAsync("plan", Site("cloud-proxy"), "-o", folder);
        var (_, other, _) = await CommandRun.RunAsync("plan", Site("direct"), "-o", folder);

        Assert.Equal(ExitCode.Fine, status);
        Assert.Contains("added    cloud/azure/main.bicep", first, StringComparison.Ordinal);
        Assert.Contains("nothing has changed", again, StringComparison.Ordinal);
        Assert.Contains("removed  cloud/azure/main.bicep", other, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "cloud/azure/main.bicep")));
    }

    [Fact]
    public async Task A_folder_with_other_files_is_left_alone()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "precious"), "x");

        Assert.Equal(ExitCode.Usage, (await CommandRun.RunAsync("plan", Site("direct"), "-o", _folder)).Status);
        Assert.Equal(["precious"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Lint_ends_with_1_for_faults_and_0_without()
    {
        var plan = Path.Combine(_folder, "plan");
        await CommandRun.RunAsync("plan", Site("proxy-chain"), "-o", plan);
        var good = Path.Combine(plan, "it/it-squid/squid.conf");
        var bad = Write("squid.conf", (await File.ReadAllTextAsync(good)).Replace("dstdomain -n portal.example.com", "dstdomain .example.com", StringComparison.Ordinal));

        Assert.Equal(ExitCode.Fine, (await CommandRun.RunAsync("plan", "lint", good, "--site", Site("proxy-chain"), "--as", "it-squid")).Status);
        var (status, output, _) = await CommandRun.RunAsync("plan", "lint", bad, "--site", Site("proxy-chain"));
        Assert.Equal(ExitCode.Found, status);
        Assert.Contains($"{bad}:9: wildcard", output, StringComparison.Ordinal);
        Assert.Contains("portal.example.com", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadFile, (await CommandRun.RunAsync("plan", "lint", Write("x", "nothing of the kind"))).Status);
        Assert.Equal(ExitCode.BadFile, (await CommandRun.RunAsync("plan", "lint", Path.Combine(_folder, "not-there"))).Status);
        Assert.Equal(ExitCode.Usage, (await CommandRun.RunAsync("plan", "lint", good, "--site", Site("proxy-chain"), "--as", "nobody")).Status);
    }

    [Fact]
    public async Task A_list_is_written_signed_verified_and_compared()
    {
        var (key, list) = (Path.Combine(_folder, "key.pem"), Path.Combine(_folder, "list.json"));
        Assert.Equal(ExitCode.Fine, (await CommandRun.RunAsync("endpoints", "key", key)).Status);
        Assert.Equal(ExitCode.Usage, (await CommandRun.RunAsync("endpoints", "key", key)).Status);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        }

        Assert.Equal(ExitCode.Fine, (await CommandRun.RunAsync("endpoints", "--site", Site("direct"), "--format", "json", "-o", list, "--sign", key)).Status);
        Assert.Equal(ExitCode.Fine, (await CommandRun.RunAsync("endpoints", "verify", list, "--key", key + ".pub")).Status);
        Assert.Equal(ExitCode.Fine, (await CommandRun.RunAsync("endpoints", "--site", Site("direct"), "--diff", list)).Status);

        var changed = Write("other.site.yaml", (await File.ReadAllTextAsync(Site("direct"))).Replace("portal.example.com", "new.example.com", StringComparison.Ordinal));
        var (status, output, _) = await CommandRun.RunAsync("endpoints", "--site", changed, "--diff", list);
        Assert.Equal(ExitCode.Found, status);
        Assert.Contains("From version 1 to version 2", output, StringComparison.Ordinal);
        Assert.Contains("+ new.example.com:443", output, StringComparison.Ordinal);

        await File.AppendAllTextAsync(list, " ");
        Assert.Equal(ExitCode.Found, (await CommandRun.RunAsync("endpoints", "verify", list, "--key", key + ".pub")).Status);
    }

    [Fact]
    public async Task Ranges_are_compared_with_last_weeks()
    {
        const string file = """{"changeNumber": 2, "values": [{"name": "Storage", "properties": {"addressPrefixes": ["198.51.100.0/25", "198.51.100.128/25"]}}]}""";
        var (now, before) = (Write("now.json", file), Write("before.json", file.Replace("198.51.100.128/25", "203.0.113.0/25", StringComparison.Ordinal)));

        var (status, output, _) = await CommandRun.RunAsync("endpoints", "ranges", now, "--tag", "Storage", "--format", "edl");
        Assert.Equal(ExitCode.Fine, status);
        Assert.EndsWith("198.51.100.0/24", output.TrimEnd(), StringComparison.Ordinal);
        (status, output, _) = await CommandRun.RunAsync("endpoints", "ranges", now, "--tag", "Storage", "--diff", before);
        Assert.Equal(ExitCode.Found, status);
        Assert.Contains("- Storage 203.0.113.0/25", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await CommandRun.RunAsync("endpoints", "ranges", now)).Status);
    }

    [Fact]
    public async Task A_certificate_is_checked_with_its_key_its_chain_and_its_crl()
    {
        using var authorityKey = RSA.Create(2048);
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        var authorityRequest = new CertificateRequest("C=DE, O=Plant, OU=OT, CN=ca.example.com", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, false));
        using var authority = authorityRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        byte[] serial = [1, 2, 3];
        var revoked = new CertificateRevocationListBuilder();
        var (good, bad) = (revoked.Build(authority, 1, now.AddDays(1), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), Array.Empty<byte>());
        revoked.AddEntry(serial);
        bad = revoked.Build(authority, 2, now.AddDays(1), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        using var server = new OneAnswerServer(good, bad);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("C=DE, O=Plant, OU=OT, CN=sensor-1.example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([$"http://127.0.0.1:{server.Port}/ca.crl"]));
        using var certificate = request.Create(authority, now.AddDays(-1), now.AddDays(20), serial);
        var (file, keyFile, chain) = (Write("c.pem", certificate.ExportCertificatePem()), Write("k.pem", key.ExportPkcs8PrivateKeyPem()), Write("ca.pem", authority.ExportCertificatePem()));

        var (status, output, _) = await CommandRun.RunAsync("certificate", "check", file, "--host", "sensor-1.example.com", "--key", keyFile, "--chain", chain);
        Assert.True(status == ExitCode.Fine, output);
        (status, output, _) = await CommandRun.RunAsync("certificate", "check", file, "--host", "sensor-2.example.com", "--key", Write("k2.pem", authorityKey.ExportPkcs8PrivateKeyPem()));
        Assert.Equal(ExitCode.Found, status);
        Assert.Contains("broken common-name", output, StringComparison.Ordinal);
        Assert.Contains("broken private-key", output, StringComparison.Ordinal);
        Assert.Contains("broken crl: revoked by", output, StringComparison.Ordinal);
        server.Dispose();
        (status, output, _) = await CommandRun.RunAsync("certificate", "check", file);
        Assert.Contains("broken crl: http://127.0.0.1", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Fine, (await CommandRun.RunAsync("certificate", "check", file, "--offline")).Status);
        Assert.Equal(ExitCode.BadFile, (await CommandRun.RunAsync("certificate", "check", Write("n", "nothing"))).Status);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    // Serves its answers in turn, the last one for ever.
    private sealed class OneAnswerServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private bool _isClosed;

        public OneAnswerServer(params byte[][] answers)
        {
            _listener.Start();
            _ = ServeAsync(answers);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Dispose()
        {
            if (!_isClosed)
            {
                _isClosed = true;
                _listener.Stop();
            }
        }

        private async Task ServeAsync(byte[][] answers)
        {
            for (var i = 0; ; i++)
            {
                try
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    var stream = client.GetStream();
                    var request = new byte[4096];
                    var length = 0;
                    while (length < request.Length && !Encoding.ASCII.GetString(request, 0, length).Contains("\r\n\r\n", StringComparison.Ordinal))
                    {
                        var read = await stream.ReadAsync(request.AsMemory(length));
                        length = read == 0 ? request.Length : length + read;
                    }

                    var answer = answers[Math.Min(i, answers.Length - 1)];
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/pkix-crl\r\nContent-Length: {answer.Length}\r\nConnection: close\r\n\r\n"));
                    await stream.WriteAsync(answer);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
                {
                    return;
                }
            }
        }
    }
}
