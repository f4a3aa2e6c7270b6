using System.Net.Sockets;

namespace Culvert.Cli;

/// <summary>The proxy under test: started by the suite, or running elsewhere already.</summary>
internal sealed class SuiteProxy : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private readonly StartedProgram? _program;
    private readonly DirectoryInfo? _folder;
    private SuiteProxy? _behind;

    private SuiteProxy(HostPort address, StartedProgram? program, DirectoryInfo? folder) => (Address, _program, _folder) = (address, program, folder);

    public HostPort Address { get; }

    /// <summary>Where its program is; null when it is not on this machine.</summary>
    public static string? Find(SuiteProxyKind kind) => kind switch
    {
        SuiteProxyKind.Culvert => new ProgramFinder(AppContext.BaseDirectory).Find("culvert-proxy"),
        SuiteProxyKind.Squid => OnPath("squid"),
        SuiteProxyKind.Haproxy => Find(SuiteProxyKind.Culvert) is null ? null : OnPath("haproxy"),
        _ => OnPath("tinyproxy"),
    };

    /// <summary>One that runs already.</summary>
    public static SuiteProxy At(HostPort address) => new(address, null, null);

    /// <summary>Starts one. Throws <see cref="IOException"/> when it does not come up.</summary>
    public static async Task<SuiteProxy> StartAsync(
        SuiteProxyKind kind, IReadOnlyList<HostPort> allowed, IReadOnlyList<HostPort> parents, TimeProvider clock, CancellationToken cancellationToken)
    {
        var program = Find(kind) ?? throw new IOException($"{kind.ToString().ToLowerInvariant()} is not on this machine.");
        if (kind != SuiteProxyKind.Haproxy)
        {
            return await StartAsync(program, (folder, t) => TryStartAsync(kind, program, folder, allowed, parents, clock, t), cancellationToken);
        }

        var behind = await StartAsync(SuiteProxyKind.Culvert, allowed, parents, clock, cancellationToken);
        try
        {
            var front = await StartAsync(program, (folder, t) => TryStartAsync(kind, program, folder, allowed, [behind.Address], clock, t), cancellationToken);
            front._behind = behind;
            return front;
        }
        catch
        {
            await behind.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one by its user's own command. Throws <see cref="IOException"/> when it does not come up.</summary>
    public static Task<SuiteProxy> StartAsync(
        SuiteStart start, IReadOnlyList<HostPort> allowed, IReadOnlyList<HostPort> parents, TimeProvider clock, CancellationToken cancellationToken) =>
        StartAsync(
            start.Command,
            async (folder, t) =>
            {
                var settings = Path.Combine(folder.FullName, "proxy.conf");
                var port = FreePort();
                await File.WriteAllTextAsync(settings, start.Render(port, folder.FullName, allowed, parents), t);
                var (program, arguments) = start.Line(port, folder.FullName, settings);
                return await RunAsync(Path.GetFileName(program), program, arguments, folder, (p, inner) => AnsweringAsync(p, port, clock, inner), clock, t);
            },
            cancellationToken);

    private static async Task<SuiteProxy> StartAsync(
        string what, Func<DirectoryInfo, CancellationToken, Task<(SuiteProxy? Proxy, string Why)>> tryStart, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var folder = Directory.CreateTempSubdirectory("culvert-suite-");
            if (!OperatingSystem.IsWindows())
            {
                // Squid, started by root, works as another user.
                File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_111_111);
            }

            var started = await tryStart(folder, cancellationToken);
            if (started.Proxy is { } proxy)
            {
                return proxy;
            }

            folder.Delete(recursive: true);
            if (attempt == 3)
            {
                throw new IOException($"{what} did not start: {started.Why}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }

        if (_behind is not null)
        {
            await _behind.DisposeAsync();
        }

        _folder?.Delete(recursive: true);
    }

    private static async Task<(SuiteProxy? Proxy, string Why)> TryStartAsync(
        SuiteProxyKind kind, string program, DirectoryInfo folder, IReadOnlyList<HostPort> allowed, IReadOnlyList<HostPort> parents, TimeProvider clock, CancellationToken cancellationToken)
    {
        var settings = Path.Combine(folder.FullName, "proxy.conf");
        var port = FreePort();
        await File.WriteAllTextAsync(settings, kind switch
        {
            SuiteProxyKind.Culvert => SuiteTemplates.Culvert(allowed, parents),
            SuiteProxyKind.Haproxy => SuiteTemplates.Haproxy(port, parents[0]),
            SuiteProxyKind.Squid => SuiteTemplates.Squid(port, folder.FullName, allowed, parents),
            _ => SuiteTemplates.Tinyproxy(port, folder.FullName, allowed, parents),
        }, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "filter"), SuiteTemplates.TinyproxyFilter(allowed), cancellationToken);
        string[] arguments = kind switch
        {
            SuiteProxyKind.Culvert => ["run", "--config", settings],
            SuiteProxyKind.Squid => ["-N", "-f", settings],
            SuiteProxyKind.Haproxy => ["-db", "-f", settings],
            _ => ["-d", "-c", settings],
        };
        return await RunAsync(
            kind.ToString(), program, arguments, folder,
            (started, t) => kind == SuiteProxyKind.Culvert ? ListeningAsync(started, t) : AnsweringAsync(started, port, clock, t), clock, cancellationToken);
    }

    // For programs that cannot take any free port themselves: one that is free now; another attempt is made when somebody else takes it.
    private static int FreePort()
    {
        var (holder, port) = LoopbackServer.ClosedPort();
        holder.Dispose();
        return port;
    }

    private static async Task<(SuiteProxy? Proxy, string Why)> RunAsync(
        string name, string program, string[] arguments, DirectoryInfo folder, Func<StartedProgram, CancellationToken, Task<HostPort?>> listens, TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = StartedProgram.Start(name, program, arguments, Path.Combine(folder.FullName, "output.log"), clock);
        using var deadline = new CancellationTokenSource(StartLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            if (await listens(started, both.Token) is { } there)
            {
                return (new SuiteProxy(there, started, folder), "");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Told with its last lines.
        }

        await started.DisposeAsync();
        return (null, string.Join(" / ", started.LastLines.TakeLast(4)));
    }

    private static async Task<HostPort?> ListeningAsync(StartedProgram program, CancellationToken cancellationToken)
    {
        const string mark = "listening http://";
        while (await program.NextLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith(mark, StringComparison.Ordinal) && HostPort.TryParse(line[mark.Length..], out var address))
            {
                return address;
            }
        }

        return null;
    }

    private static async Task<HostPort?> AnsweringAsync(StartedProgram program, int port, TimeProvider clock, CancellationToken cancellationToken)
    {
        while (!program.Ended.IsCompleted)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", port, cancellationToken);
                return new HostPort("127.0.0.1", port);
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
            }
        }

        return null;
    }

    private static string? OnPath(string program) =>
        ((string[])["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"]).Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);
}
