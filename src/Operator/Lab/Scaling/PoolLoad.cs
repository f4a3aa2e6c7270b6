using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Lab;

/// <summary>Holds tunnels open through a pool from a sensor's host; one that is closed is opened anew.</summary>
internal sealed class PoolLoad : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
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
        load._running = Task.WhenAll(sockets.Select(s => load.HoldAsync(s, load._stop.Token)));
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

    private async Task HoldAsync(Socket socket, CancellationToken cancellationToken)
    {
        var authorization = _pool.Credentials is { } c
            ? $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{c.UserName}:{_lab.Secrets.Password(c.Password)}"))}\r\n" : "";
        var request = Encoding.ASCII.GetBytes($"CONNECT {Destination} HTTP/1.1\r\nHost: {Destination}\r\n{authorization}\r\n");
        var buffer = new byte[4096];
        while (true)
        {
            using (socket)
            {
                try
                {
                    await socket.ConnectAsync(new IPEndPoint(_pool.Address, _pool.Port), cancellationToken);
                    await socket.SendAsync(request, cancellationToken);
                    while (await socket.ReceiveAsync(buffer, cancellationToken) > 0)
                    {
                        // Nobody speaks in it: it is there.
                    }
                }
                catch (SocketException)
                {
                    // Opened anew.
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }

            try
            {
                await Task.Delay(Pause, _lab.Clock, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            socket = (await SocketsAsync(1))[0];
        }
    }
}
