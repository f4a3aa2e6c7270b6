using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Culvert.ProxyHost.Tests.Harness;

/// <summary>The real program with settings in a folder of its own. Disposing kills it.</summary>
public sealed class ProxyProcess : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _log = [];
    private readonly Lock _gate = new();

    private ProxyProcess(string file, Process process)
    {
        (SettingsFile, _process) = (file, process);
        Pump(process.StandardOutput, _output);
        Pump(process.StandardError, _log);
    }

    public string SettingsFile { get; }

    public int Id => _process.Id;

    public IPEndPoint Address { get; private set; } = new(IPAddress.None, 0);

    public Uri Health { get; private set; } = new("http://127.0.0.1");

    public IReadOnlyList<string> Log => Copy(_log);

    public IReadOnlyList<string> Output => Copy(_output);

    public static string Program { get; } = FindProgram();

    public static async Task<ProxyProcess> StartAsync(TestFolder folder, string settings, string? engine = null)
    {
        var file = folder.Write("proxy.yaml", settings);
        // Under nohup a child ignores SIGHUP as well, and would reload nothing: env (coreutils) gives it back, and becomes the program.
        var start = IsHangUpIgnored()
            ? new ProcessStartInfo("env", ["--default-signal=HUP", Program, "run", "--config", file])
            : new ProcessStartInfo(Program, ["run", "--config", file]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        start.Environment["CULVERT_PROXY_ENGINE"] = engine ?? "";
        start.Environment["CULVERT_TEST_SECRET"] = "hidden-in-the-environment";
        var proxy = new ProxyProcess(file, Process.Start(start)!);
        await proxy.UntilAsync(() => proxy.Output.Any(l => l.StartsWith("health ", StringComparison.Ordinal)), "the program listens");
        proxy.Address = IPEndPoint.Parse(proxy.Output.First(l => l.StartsWith("listening ", StringComparison.Ordinal)).Split("://")[1]);
        proxy.Health = new Uri(proxy.Output.First(l => l.StartsWith("health ", StringComparison.Ordinal))[7..]);
        return proxy;
    }

    /// <summary>A program that ends by itself.</summary>
    public static async Task<(int Status, string Output, string Error)> RunAsync(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Limit);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, texts[0], texts[1]);
    }

    // The lowest bit of SigIgn is signal 1, SIGHUP (proc(5)).
    private static bool IsHangUpIgnored() => File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)) is [.., var last]
        && (Convert.ToInt32(last.ToString(), 16) & 1) != 0;

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public async Task<string> GetAsync(string path)
    {
        using var client = new HttpClient { Timeout = Limit };
        var answer = await client.GetAsync(new Uri(Health, path));
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
    }

    /// <summary>The head of the answer to one CONNECT, on a connection that is closed after it.</summary>
    public async Task<string> HeadAsync(string destination, string fields = "", X509Certificate2Collection? trust = null, X509Certificate2? identity = null)
    {
        var (head, stream) = await AskAsync(destination, fields, trust, identity);
        await stream.DisposeAsync();
        return head;
    }

    /// <summary>The head of the answer to one CONNECT, and the open stream.</summary>
    public async Task<(string Head, Stream Stream)> AskAsync(string destination, string fields = "", X509Certificate2Collection? trust = null, X509Certificate2? identity = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Address);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (trust is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(trust);
            var tls = new SslStream(stream);
            using var handshake = new CancellationTokenSource(Limit);
            var options = new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy };
            if (identity is not null)
            {
                // Shown whatever issuers the proxy would like.
                options.ClientCertificateContext = SslStreamCertificateContext.Create(identity, null, offline: true);
            }

            await tls.AuthenticateAsClientAsync(options, handshake.Token);
            stream = tls;
        }

        using var deadline = new CancellationTokenSource(Limit);
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"CONNECT {destination} HTTP/1.1\r\nHost: {destination}\r\n{fields}\r\n"), deadline.Token);
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, deadline.Token) == 1)
        {
            head.Append((char)one[0]);
        }

        return (head.ToString(), stream);
    }

    /// <summary>The log entries of an event.</summary>
    public IReadOnlyList<JsonElement> Events(string name) =>
        [.. Log.Where(l => l.StartsWith('{')).Select(l => JsonDocument.Parse(l).RootElement).Where(e => e.GetProperty("event").GetString() == name)];

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(Limit);
        while (!condition())
        {
            if (deadline.IsCancellationRequested || _process.HasExited)
            {
                Assert.Fail($"Not within a minute: {what}\n{string.Join('\n', Output)}\n{string.Join('\n', Log)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string FindProgram()
    {
        // artifacts/bin/<test project>/<configuration>/ -> artifacts/bin/Culvert.ProxyHost/<configuration>/culvert-proxy
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(here.Parent!.Parent!.FullName, "Culvert.ProxyHost", here.Name, "culvert-proxy");
    }

    private List<string> Copy(List<string> lines)
    {
        lock (_gate)
        {
            return [.. lines];
        }
    }

    private void Pump(StreamReader reader, List<string> lines) => _ = Task.Run(async () =>
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_gate)
            {
                lines.Add(line);
            }
        }
    });
}
