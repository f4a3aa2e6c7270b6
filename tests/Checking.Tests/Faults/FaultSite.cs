using System.Net.Sockets;
using Culvert.Cli;
using Culvert.Tunnels;

namespace Culvert.Checking.Tests.Faults;

/// <summary>A cloud, proxies and the sensor's view of them, for one case. Everything is on loopback; the cloud's name is localhost, which every proxy resolves.</summary>
internal sealed class FaultSite : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _servers = [];
    private readonly List<IDisposable> _held = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-check-");

    public TestAuthority Authority { get; } = new("Culvert test cloud");

    public List<Hop> Hops { get; } = [];

    public HostPort Cloud { get; private set; }

    /// <summary>A second cloud endpoint, for blobs; null puts all services at the first.</summary>
    public HostPort? BlobCloud { get; private set; }

    /// <summary>The ways, where there are more than the one made of <see cref="Hops"/>.</summary>
    public List<Route> Routes { get; } = [];

    public System.Net.Security.SslStreamCertificateContext? Identity { get; private set; }

    public TunnelDialerOptions Dialing { get; set; } = new() { ConnectTimeout = TimeSpan.FromSeconds(3), RequestTimeout = TimeSpan.FromSeconds(2), TlsTimeout = TimeSpan.FromSeconds(2), ResolveTimeout = TimeSpan.FromSeconds(5) };

    public CheckOptions Options { get; set; } = new() { AnswerTimeout = TimeSpan.FromSeconds(4) };

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public LoopbackServer Start(FaultProxy.Treat treat)
    {
        var server = new LoopbackServer((s, t) => treat(s, t));
        _servers.Add(server);
        return server;
    }

    public FaultSite WithCloud(Func<TestAuthority, CloudFake>? make = null)
    {
        var server = (make?.Invoke(Authority) ?? new CloudFake(Authority.Issue("localhost"))).Start();
        _servers.Add(server);
        Cloud = new HostPort("localhost", server.Port);
        return this;
    }

    public FaultSite WithBlobCloud(Func<TestAuthority, CloudFake>? make = null)
    {
        var first = Cloud;
        WithCloud(make);
        (BlobCloud, Cloud) = (Cloud, first);
        return this;
    }

    public FaultSite WithBlobAt(HostPort address)
    {
        BlobCloud = address;
        return this;
    }

    /// <summary>A way of hops made before, by their names; none means direct.</summary>
    public FaultSite WithRoute(string name, params string[] hops)
    {
        Routes.Add(new Route { Name = name, Priority = Routes.Count + 1, Hops = [.. hops.Select(h => Hops.First(made => made.Name == h))] });
        return this;
    }

    public FaultSite WithCloud(FaultProxy.Treat treat)
    {
        Cloud = new HostPort("localhost", Start(treat).Port);
        return this;
    }

    public FaultSite WithClosedCloud()
    {
        Cloud = new HostPort("localhost", Closed());
        return this;
    }

    /// <summary>Moves the cloud to a closed port, so that nothing beyond the hops answers.</summary>
    public FaultSite BreakCloud() => WithClosedCloud();

    /// <summary>Whether the check opens the sensor's session.</summary>
    public bool OpensSession { get; set; }

    /// <summary>Gives the sensor a client certificate.</summary>
    public FaultSite WithIdentity()
    {
        Identity = Authority.Issue("sensor-1");
        return this;
    }

    public FaultSite WithHop(string name, FaultProxy.Treat treat, Func<Hop, Hop>? change = null) => WithHopAt(name, Start(treat).Address, change);

    public FaultSite WithHopAt(string name, HostPort address, Func<Hop, Hop>? change = null)
    {
        var hop = new Hop { Name = name, Address = address };
        Hops.Add(change?.Invoke(hop) ?? hop);
        return this;
    }

    public int Closed()
    {
        var (holder, port) = LoopbackServer.ClosedPort();
        _held.Add(holder);
        return port;
    }

    /// <summary>A port whose listener never accepts and whose backlog is full: connections to it are not answered.</summary>
    public async Task<int> UnansweredAsync()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen(0);
        _held.Add(listener);
        for (var i = 0; i < 8; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _held.Add(filler);
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            try
            {
                await filler.ConnectAsync(listener.LocalEndPoint!, soon.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return ((System.Net.IPEndPoint)listener.LocalEndPoint!).Port;
    }

    public Route Route(string name = "main") => new() { Name = name, Priority = 1, Hops = [.. Hops] };

    public CheckRequest Request() => new()
    {
        Sensor = "sensor-1",
        Routes = Routes.Count > 0 ? Routes : [Route()],
        Endpoints = [new CloudEndpoint(CloudService.IotHub, Cloud), new CloudEndpoint(CloudService.Blob, BlobCloud ?? Cloud)],
        Trust = Authority.Trust,
        Identity = Identity,
        OpenSession = OpensSession,
    };

    public Task<CheckReport> CheckAsync(CancellationToken cancellationToken, Func<CheckRequest, CheckRequest>? change = null)
    {
        var request = Request();
        return new Checker(new TunnelDialer(Dialing, TimeProvider.System), TimeProvider.System).RunAsync(change?.Invoke(request) ?? request, Options, null, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var held in _held)
        {
            held.Dispose();
        }

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        Authority.Dispose();
        _folder.Delete(recursive: true);
    }
}
