using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Culvert.ProxyHost.Tests.Harness;

namespace Culvert.ProxyHost.Tests.Secrets;

/// <summary>The real programs, with a password that can be recognised, before a proxy that refuses it: it is shown to that proxy and to nobody else.</summary>
public sealed class SecretSearchTests
{
    private const string Word = "Recognise-7731-This-Word";
    private const string Basic = "Basic realm=\"plant\"";
    private const string Digest = "Digest realm=\"plant\", nonce=\"abcdef0123456789\", qop=\"auth\", algorithm=SHA-256";

    // The word, and its base64 at each of the three places in a group of bytes that it may begin at.
    private static readonly string[] Forms = [Word, .. Enumerable.Range(0, 3).Select(Encoded)];

    [Theory(Timeout = 180_000)]
    [InlineData(Basic)]
    [InlineData(Digest)]
    public async Task Culvert_proxy_shows_its_password_to_its_parent_only(string challenge)
    {
        using var folder = new TestFolder();
        using var parent = new RefusingProxy(challenge);
        folder.Write("word", Word);
        await using var proxy = await ProxyProcess.StartAsync(folder, $$"""
            proxy: { name: plant }
            listen: [{ address: 127.0.0.1, port: 0 }]
            health: { address: 127.0.0.1, port: 0 }
            allow: ["cloud.example.com:443"]
            sources: [127.0.0.1]
            parents: [{ name: dmz, host: 127.0.0.1, port: {{parent.Port}}, credentials: { userName: plant, password: { file: word } } }]
            """);
        var answer = await proxy.HeadAsync("cloud.example.com:443");
        Assert.Contains("CredentialsWrong", answer, StringComparison.Ordinal);
        AssertShown(parent, challenge);
        await proxy.UntilAsync(() => proxy.Log.Count > 0, "the refusal is logged");
        AssertNowhere(
        [
            ("answer", answer), ("log", string.Join('\n', proxy.Log)), ("output", string.Join('\n', proxy.Output)), ("command line", SearchedProgram.CommandLineOf(proxy.Id)),
            ("health", await proxy.GetAsync("/healthz")), ("metrics", await proxy.GetAsync("/metrics")), ("autoscale", await proxy.GetAsync("/autoscale")),
        ]);
    }

    [Theory(Timeout = 180_000)]
    [InlineData(Basic)]
    [InlineData(Digest)]
    public async Task Culvert_check_shows_it_in_no_report_and_no_bundle(string challenge)
    {
        var program = SearchedProgram.Find("Culvert.Cli", "culvert");
        Assert.SkipUnless(File.Exists(program), "culvert is not built.");
        using var folder = new TestFolder();
        using var proxy = new RefusingProxy(challenge);
        WriteSensor(folder, proxy);
        folder.Write("endpoints.json", """[{"service":"iotHub","host":"cloud.example.com","port":443}]""");
        var bundle = Path.Combine(folder.Path, "bundle.zip");
        string[] arguments = ["check", "--settings", Path.Combine(folder.Path, "sensor.yaml"), "--endpoints", Path.Combine(folder.Path, "endpoints.json"), "--ca", Path.Combine(folder.Path, "ca.pem")];
        await using var check = new SearchedProgram(program, [.. arguments, "--bundle", bundle]);
        Assert.Equal(6, await check.EndAsync());
        await using var json = new SearchedProgram(program, [.. arguments, "--json"]);
        Assert.Equal(6, await json.EndAsync());
        AssertShown(proxy, challenge);
        List<(string, string)> seen = [("output", check.Said), ("JSON", json.Said), ("command line", check.CommandLine)];
        await using var zip = await ZipFile.OpenReadAsync(bundle, TestContext.Current.CancellationToken);
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync(TestContext.Current.CancellationToken));
            seen.Add((entry.FullName, await reader.ReadToEndAsync(TestContext.Current.CancellationToken)));
        }

        Assert.True(zip.Entries.Count > 1);
        AssertNowhere(seen);
    }

    [Theory(Timeout = 180_000)]
    [InlineData(Basic)]
    [InlineData(Digest)]
    public async Task Culvert_sensor_shows_it_in_no_line_and_no_file(string challenge)
    {
        var program = SearchedProgram.Find("Culvert.SensorHost", "culvert-sensor");
        Assert.SkipUnless(File.Exists(program), "culvert-sensor is not built.");
        using var folder = new TestFolder();
        using var proxy = new RefusingProxy(challenge);
        WriteSensor(folder, proxy);
        var settings = Path.Combine(folder.Path, "sensor.yaml");
        var data = Directory.CreateDirectory(Path.Combine(folder.Path, "data")).FullName;
        var content = WriteActivation(folder);
        await using var activate = new SearchedProgram(program, "activate", "--data", data, "--activation", Path.Combine(folder.Path, "activation.json"), "--settings", settings);
        Assert.True(await activate.EndAsync() == 16, activate.Said);
        AssertShown(proxy, challenge);

        // Activated as if by another way, so that it can run.
        using var identity = folder.Issue("sensor");
        folder.Write("data/activation.json", content);
        folder.Write("data/identity.pem", await File.ReadAllTextAsync(Path.Combine(folder.Path, "sensor.pem"), TestContext.Current.CancellationToken) + "\n" + await File.ReadAllTextAsync(Path.Combine(folder.Path, "sensor.key"), TestContext.Current.CancellationToken));
        var before = proxy.Shown.Count;
        await using var run = new SearchedProgram(program, "run", "--data", data, "--settings", settings);
        await run.UntilAsync(() => proxy.Shown.Count >= before + 2 && File.Exists(Path.Combine(data, "status.json")), "the sensor has tried twice and written its status");
        await using var status = new SearchedProgram(program, "status", "--data", data);
        await status.EndAsync();
        List<(string, string)> seen =
        [
            ("activate", activate.Said), ("activate's command line", activate.CommandLine), ("run", run.Said), ("run's command line", run.CommandLine), ("status", status.Said),
        ];
        await run.DisposeAsync();
        seen.AddRange(Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Select(f => (f, Encoding.Latin1.GetString(File.ReadAllBytes(f)))));
        AssertNowhere(seen);
    }

    private static string Encoded(int before)
    {
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(':', before) + Word));
        // What the bytes around it may change is left out.
        return text[(before == 0 ? 0 : 4)..^4];
    }

    private static void AssertShown(RefusingProxy proxy, string challenge)
    {
        Assert.NotEmpty(proxy.Shown);
        if (challenge == Basic)
        {
            // The search would find it: here it is.
            Assert.Contains(proxy.Shown, s => Forms.Any(f => s.Contains(f, StringComparison.Ordinal)));
        }
        else
        {
            Assert.All(proxy.Shown, s => Assert.StartsWith("Digest ", s, StringComparison.Ordinal));
            AssertNowhere(proxy.Shown.Select(s => ("Digest", s)));
        }
    }

    private static void AssertNowhere(IEnumerable<(string Place, string Text)> seen)
    {
        foreach (var (place, text) in seen)
        {
            Assert.All(Forms, form => Assert.False(text.Contains(form, StringComparison.Ordinal), $"{place} holds the password: {form}"));
        }
    }

    private static void WriteSensor(TestFolder folder, RefusingProxy proxy)
    {
        folder.Write("word", Word);
        folder.Write("sensor.yaml", $$"""
            routes:
              - name: main
                hops: [{ name: plant-proxy, host: 127.0.0.1, port: {{proxy.Port}}, credentials: { userName: plant, password: { file: word } } }]
            mode: learning
            sources: []
            """);
    }

    /// <summary>An activation file of a portal that nobody can reach; gives what is signed in it.</summary>
    private static string WriteActivation(TestFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest("CN=Portal", key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var signer = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        var content = JsonSerializer.Serialize(
            new ActivationContent
            {
                Sensor = "sensor-1",
                Site = "plant",
                Zone = "cell",
                Endpoints = [.. Enum.GetValues<CloudService>().Select(s => new CloudEndpointEntry(s, "cloud.example.com", 443))],
                TrustPem = signer.ExportCertificatePem(),
                PackageSigningKeyPem = key.ExportSubjectPublicKeyInfoPem(),
                EnrolmentToken = "one-time-token-4412",
                IssuedAt = now,
                ExpiresAt = now.AddDays(14),
            },
            CulvertJson.Default.ActivationContent);
        var bytes = Encoding.UTF8.GetBytes(content);
        var file = new ActivationFile
        {
            Content = Convert.ToBase64String(bytes),
            Signature = Convert.ToBase64String(key.SignData(bytes, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)),
            SignerPem = signer.ExportCertificatePem(),
        };
        folder.Write("activation.json", JsonSerializer.Serialize(file, CulvertJson.Default.ActivationFile));
        return content;
    }
}
