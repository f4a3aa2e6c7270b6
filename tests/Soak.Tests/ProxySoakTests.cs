using System.Globalization;
using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.Soak.Tests;

/// <summary>
/// Thousands of tunnels held open while others come and go, as hours of a plant's day do, compressed: no leak of memory, descriptors or pipes.
/// It holds 10,000 tunnels where the proxy may open that many files. A tunnel costs it two sockets: where a process may open 20,000 files, as on the
/// machines of the project, 9,700 are held, and the rest is left for those that come and go and for the pipes through which their bytes move.
/// </summary>
public sealed class ProxySoakTests : IAsyncLifetime
{
    private const int MostHeld = 10_000;

    // Files of the proxy that are not for tunnels held: those of the churn, two pipes of two ends for each, and what the runtime has open.
    private const int KeptFree = 600;

    // The tunnels held of which this program has the far end too; the others lead to sockets that nobody accepts, which cost no file here.
    private const int Speaking = 2_000;
    private const int Churned = 500;
    private const int Rounds = 40;
    private const int AtATime = 64;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    // The runtime lets young garbage grow to the size of the processor's cache before it looks; looked at every 4 MiB, what grows is a leak.
    private static readonly Dictionary<string, string> Collecting = new() { ["DOTNET_GCgen0size"] = "400000" };
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-soak-").FullName;
    private readonly EchoServer _destination = new();
    private readonly SilentServer _silent = new();
    private RunningProgram _proxy = null!;
    private int _port;

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("The use of a process is read from /proc, which only Linux has.");
        }

        var settings = Path.Combine(_folder, "proxy.yaml");
        await File.WriteAllTextAsync(settings, $$"""
            proxy: { name: soaked }
            listen:
              - { address: 127.0.0.1, port: 0 }
            allow: ["127.0.0.1:{{_destination.Port}}", {{string.Join(", ", _silent.Ports.Select(p => $"\"127.0.0.1:{p}\""))}}]
            sources: [127.0.0.1/32]
            privateDestinations: [127.0.0.1/32]
            limits: { tunnels: 12000, tunnelsPerSource: 12000 }
            """);
        _proxy = RunningProgram.Start("culvert-proxy", Programs.Proxy, ["run", "--config", settings], Collecting);
        var line = await _proxy.WaitForLineAsync("listening ", TimeSpan.FromMinutes(1));
        _port = int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        await _destination.DisposeAsync();
        _silent.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Timeout = 420_000)]
    public async Task Thousands_of_tunnels_come_and_go_and_nothing_is_left_of_them()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Limit);
        var token = deadline.Token;
        var atRest = ProcessUse.Of(_proxy.ProcessId);
        var count = (int)Math.Min(MostHeld, (ProcessUse.MaxFiles(_proxy.ProcessId) - KeptFree) / 2);
        Assert.SkipWhen(count - Speaking > _silent.Capacity, $"This kernel queues {_silent.Capacity} connections that nobody accepts (net.core.somaxconn); {count - Speaking} are needed.");
        TestContext.Current.SendDiagnosticMessage($"{count} tunnels are held.");

        var held = await OpenAsync(count, token);
        try
        {
            // Tunnels that say nothing: what they cost is below two buffers of 8 KiB each, as a copying proxy holds.
            Assert.InRange((ProcessUse.Of(_proxy.ProcessId).ResidentKib - atRest.ResidentKib) * 1024 / count, 0, 12 * 1024);
            var early = await ChurnAsync(held, 0, Rounds / 4, token);
            var late = await ChurnAsync(held, Rounds / 4, Rounds, token);

            // The same tunnels are open at both moments: what grew in between grew with the churn.
            Assert.InRange(late.ResidentKib, 0, early.ResidentKib + (24 * 1024));
            Assert.InRange(late.Pipes, 0, early.Pipes + 64);
        }
        finally
        {
            held.ForEach(t => t.Dispose());
            // A tunnel has two ends: those that nobody accepted end when nobody listens any more.
            _silent.Dispose();
        }

        await UntilAsync(() => ProcessUse.Of(_proxy.ProcessId).Sockets <= atRest.Sockets && _destination.Open == 0, token);
        // The pool of pipes is bounded, whatever was open before.
        Assert.InRange(ProcessUse.Of(_proxy.ProcessId).Pipes, 0, atRest.Pipes + 1024);

        // And it still works.
        using var last = await ClientTunnel.OpenAsync(_port, _destination.Port, token);
        await last.EchoAsync("still here"u8.ToArray(), token);
    }

    private async Task<List<ClientTunnel>> OpenAsync(int count, CancellationToken cancellationToken)
    {
        var opened = new ClientTunnel[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken },
            async (i, token) => opened[i] = await ClientTunnel.OpenAsync(_port, i < Speaking ? _destination.Port : _silent.Ports[(i - Speaking) / SilentServer.Each], token));
        return [.. opened];
    }

    private async Task<ProcessUse> ChurnAsync(List<ClientTunnel> held, int from, int to, CancellationToken cancellationToken)
    {
        for (var round = from; round < to; round++)
        {
            var seed = round;
            await Parallel.ForAsync(0, Churned, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken }, async (i, token) =>
            {
                var random = new Random((seed * Churned) + i);
                var bytes = new byte[random.Next(1, 20_000)];
                random.NextBytes(bytes);
                using var tunnel = await ClientTunnel.OpenAsync(_port, _destination.Port, token);
                await tunnel.EchoAsync(bytes, token);
                switch (i % 3)
                {
                    case 0: await tunnel.FinishAsync(token); break;
                    case 1: tunnel.Reset(); break;
                    default: break; // closed by Dispose, without a word
                }
            });
            // A few of those that are held speak too.
            await Parallel.ForAsync(0, 100, cancellationToken, async (i, token) => await held[((round * 100) + i) % Speaking].EchoAsync("keep-alive"u8.ToArray(), token));
        }

        await UntilAsync(() => _destination.Open <= Speaking, cancellationToken);
        return ProcessUse.Of(_proxy.ProcessId);
    }

    private static async Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }
    }
}
