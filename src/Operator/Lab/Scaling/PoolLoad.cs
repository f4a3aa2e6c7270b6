using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Lab;

/// <summary>Holds tunnels open through a pool from a sensor's host; one that is closed is opened anew.</summary>
internal sealed class PoolLoad : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // A server gives up on a tunnel in which nobody speaks, after ten seconds or more: the first time each is closed at another moment
    // before that, so that never all of them are gone at once and new members of the pool get their share soon.
    private static readonly TimeSpan FirstLives = TimeSpan.FromSeconds(8);
    private readonly CancellationTokenSource _stop = new();
    private readonly LabRuntime _lab;
    private readonly SiteProxy _pool;
    private Task _running = Task.CompletedTask;

    private PoolLoad(LabRuntime lab, SiteProxy pool, string sensor, HostPort destination) => (_lab, _pool, Sensor, Destination) = (lab, pool, sensor, destination);

    /// <summary>Whose host they start from.</summary>
    public string Sensor { get; }

    /// <summary>Where they lead.</summary>
    public HostPort Destination { get; }

    /// <summary>Opens the tunnels.</summary>
    public static async Task<PoolLoad> StartAsync(LabRuntime lab, SiteProxy pool, int tunnels, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (pool.Scheme != HopScheme.Http)
        {
            throw new LabException($"Load is made in plain text, and {pool.Name} wants TLS.", "proxies", pool.Name);
        }

        var sensor = lab.ConnectedSensors.FirstOrDefault(s => s.Routes.Any(r => r.Hops.Count > 0 && r.Hops[0] == pool.Name))
            ?? throw new LabException($"No sensor has {pool.Name} as its first hop, so that none could load it.", "proxies", pool.Name);
        var destination = Planning.FlowPlanner.DestinationsOf(lab.Site, pool)[0];
        var load = new PoolLoad(lab, pool, sensor.Name.ToString(), destination);
        var sockets = await load.SocketsAsync(tunnels);
        load._running = Task.WhenAll(sockets.Select((s, i) => load.HoldAsync(s, FirstLives * (i + 1) / sockets.Count, load._stop.Token)));
        return load;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private Task<List<Socket>> SocketsAsync(int count) =>
        HostNamespace.RunAsync(Sensor, () => Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList());

    private async Task HoldAsync(Socket socket, TimeSpan firstLife, CancellationToken cancellationToken)
    {
        var authorization = _pool.Credentials is { } c
            ? $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{c.UserName}:{_lab.Secrets.Password(c.Password)}"))}\r\n" : "";
        var request = Encoding.ASCII.GetBytes($"CONNECT {Destination} HTTP/1.1\r\nHost: {Destination}\r\n{authorization}\r\n");
        var buffer = new byte[4096];
        for (var life = firstLife; !cancellationToken.IsCancellationRequested; life = Timeout.InfiniteTimeSpan)
        {
            using var deadline = new CancellationTokenSource(life, _lab.Clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            var pause = TimeSpan.Zero;
            using (socket)
            {
                try
                {
                    await socket.ConnectAsync(new IPEndPoint(_pool.Address, _pool.Port), both.Token);
                    await socket.SendAsync(request, both.Token);
                    // A refusal ends the connection too, and is not asked for again at once.
                    var opened = _lab.Clock.GetTimestamp();
                    while (await socket.ReceiveAsync(buffer, both.Token) > 0)
                    {
                        // Nobody speaks in it: it is there.
                    }

                    pause = _lab.Clock.GetElapsedTime(opened) < Pause ? Pause : TimeSpan.Zero;
                }
                catch (SocketException)
                {
                    pause = Pause;
                }
                catch (OperationCanceledException)
                {
                    // Its first life is over, or all of it.
                }
            }

            try
            {
                await Task.Delay(pause, _lab.Clock, cancellationToken);
                socket = (await SocketsAsync(1))[0];
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }

        socket.Dispose();
    }
}
