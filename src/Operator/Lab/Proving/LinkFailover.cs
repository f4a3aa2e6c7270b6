using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Lab;

/// <summary>Breaks the ways between two gateways one after the other, silently, and measures how long nothing passes.</summary>
/// <param name="lab">The lab.</param>
/// <param name="links">The links between the two.</param>
/// <param name="arrival">Waits until records arrive that were sent after this moment, and gives the seconds from it; null gives that none came. Null where no sensor delivers meanwhile.</param>
/// <param name="add">Takes what was found.</param>
internal sealed class LinkFailover(LabRuntime lab, IReadOnlyList<LabLink> links, Func<long, CancellationToken, Task<double?>>? arrival, Action<AcceptanceCheck> add)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BackLimit = TimeSpan.FromSeconds(60);
    private const int Port = 4999;

    /// <summary>Breaks all but the last way, each on top of the ones before, and mends them.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var ways = links.OrderBy(l => l.Link.Priority).SelectMany(l => l.Paths).ToList();
        var far = lab.Network.Hosts.FirstOrDefault(h => h.Kind is LabHostKind.Member or LabHostKind.Proxy && links[0].FarNetworks.Any(n => n.Contains(h.Address)));
        if (ways.Count < 2 || far is null)
        {
            return;
        }

        var near = lab.Network.Host(links[0].Near);
        using var echo = await BindAsync(far, Port);
        using var probe = await BindAsync(near, 0);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var last = new long[1];
        Volatile.Write(ref last[0], lab.Clock.GetTimestamp());
        Task[] running = [EchoAsync(echo, stop.Token), SendAsync(probe, new IPEndPoint(far.Address, Port), stop.Token), ReceiveAsync(probe, last, stop.Token)];
        try
        {
            for (var i = 0; i + 1 < ways.Count; i++)
            {
                await SettleAsync(last, cancellationToken);
                await lab.CutPathAsync(ways[i], cut: true, cancellationToken);
                await MeasureAsync(ways[i], ways[i + 1], last, cancellationToken);
            }
        }
        finally
        {
            foreach (var way in ways)
            {
                await lab.CutPathAsync(way, cut: false, CancellationToken.None);
            }

            await stop.CancelAsync();
            await Task.WhenAll(running);
        }

        await ReturnAsync(near, far, ways, cancellationToken);
    }

    private async Task MeasureAsync(LabPath broken, LabPath next, long[] last, CancellationToken cancellationToken)
    {
        var since = lab.Clock.GetTimestamp();
        // What was under way arrives yet: the silence is over with the first answer after a longer pause than a beat.
        var seconds = await GapAsync(last, since, cancellationToken);
        var records = arrival is null ? 0 : await arrival(since, cancellationToken);
        var detail = seconds is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s * 1000:0} ms without an answer, asked every {Beat.TotalMilliseconds:0} ms") : $"no answer within {Limit.TotalSeconds:0} s";
        add(new AcceptanceCheck("failover", $"{broken.Name} goes silent: {next.Name} takes over", seconds is not null && records is not null,
            arrival is null ? detail : $"{detail}; {(records is { } r ? string.Create(CultureInfo.InvariantCulture, $"the sensor's records arrived again {r:0.0} s after the break") : "none of the sensor's records arrived any more")}", seconds));
    }

    // Mended, the preferred way is taken back by itself.
    private async Task ReturnAsync(LabHost near, LabHost far, List<LabPath> ways, CancellationToken cancellationToken)
    {
        if (ways[0].Device is not { } device)
        {
            return;
        }

        var mended = lab.Clock.GetTimestamp();
        var isBack = false;
        while (!isBack && lab.Clock.GetElapsedTime(mended) < BackLimit)
        {
            isBack = (await Shell.InAsync(near.Name, $"ip -o route get {far.Address}\n", cancellationToken)).Contains($"dev {device} ", StringComparison.Ordinal);
            await Task.Delay(TimeSpan.FromMilliseconds(isBack ? 0 : 50), lab.Clock, cancellationToken);
        }

        add(new AcceptanceCheck("failover", $"{ways[0].Name} is mended: it is taken back", isBack, isBack
            ? "the route leads over it again" : $"{near.Name} still routes elsewhere after {BackLimit.TotalSeconds:0} s", lab.Clock.GetElapsedTime(mended).TotalSeconds));
    }

    private static Task<Socket> BindAsync(LabHost host, int port) => HostNamespace.RunAsync(host.Name, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(host.Address, port));
        return socket;
    });

    private static async Task EchoAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[64];
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var got = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), cancellationToken);
                await socket.SendToAsync(buffer.AsMemory(0, got.ReceivedBytes), got.RemoteEndPoint, cancellationToken);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Unreachable for a moment is what is measured.
            }
        }
    }

    private async Task SendAsync(Socket socket, IPEndPoint to, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Beat, lab.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await socket.SendToAsync(new byte[16], to, cancellationToken);
                }
                catch (SocketException)
                {
                    // As above.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Done.
        }
    }

    private async Task ReceiveAsync(Socket socket, long[] last, CancellationToken cancellationToken)
    {
        var buffer = new byte[64];
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await socket.ReceiveAsync(buffer, cancellationToken);
                Volatile.Write(ref last[0], lab.Clock.GetTimestamp());
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // As above.
            }
        }
    }

    // Answers have come for a while.
    private async Task SettleAsync(long[] last, CancellationToken cancellationToken)
    {
        var started = lab.Clock.GetTimestamp();
        for (var calm = 0; calm < 20;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), lab.Clock, cancellationToken);
            calm = lab.Clock.GetElapsedTime(Volatile.Read(ref last[0])) < TimeSpan.FromMilliseconds(100) ? calm + 1 : 0;
            if (lab.Clock.GetElapsedTime(started) > Limit)
            {
                throw new LabException($"Nothing passes between {links[0].Near} and {links[0].Far}.");
            }
        }
    }

    private async Task<double?> GapAsync(long[] last, long broken, CancellationToken cancellationToken)
    {
        // The longest pause between answers, until they have come steadily for a second again.
        var (longest, steady, seen) = (0.0, 0, Volatile.Read(ref last[0]));
        while (lab.Clock.GetElapsedTime(broken) < Limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), lab.Clock, cancellationToken);
            var now = Volatile.Read(ref last[0]);
            if (now != seen)
            {
                longest = Math.Max(longest, lab.Clock.GetElapsedTime(seen, now).TotalSeconds);
                seen = now;
                steady++;
            }
            else if (lab.Clock.GetElapsedTime(seen) > TimeSpan.FromMilliseconds(100))
            {
                steady = 0;
            }

            if (steady >= 50)
            {
                return longest;
            }
        }

        return null;
    }
}
