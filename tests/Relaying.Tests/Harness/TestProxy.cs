using System.Net;
using Microsoft.Extensions.Logging.Testing;

namespace Culvert.Relaying.Tests.Harness;

/// <summary>A proxy on a free port of the loopback.</summary>
public sealed class TestProxy : IAsyncDisposable
{
    private readonly RelayEngine _engine;

    public TestProxy(RelayEngine engine, RelaySettings settings, ListenerSettings? listener = null)
    {
        _engine = engine;
        Logger = new FakeLogger<RelayServer>();
        Server = new RelayServer(settings, Logger, TimeProvider.System, new Random(1), engine);
        Address = Server.Listen(listener ?? new ListenerSettings { EndPoint = new IPEndPoint(IPAddress.Loopback, 0) });
    }

    public FakeLogger<RelayServer> Logger { get; }

    public RelayServer Server { get; }

    public IPEndPoint Address { get; }

    public IReadOnlyList<string> LogLines => [.. Logger.Collector.GetSnapshot().Select(r => r.Message)];

    /// <summary>Settings that allow the loopback to reach the ports.</summary>
    public static RelaySettings Settings(params IEnumerable<int> ports) => new()
    {
        Name = "test-proxy",
        Allow = [.. ports.Select(p => new HostPort("127.0.0.1", p)), .. ports.Select(p => new HostPort("cloud.example.com", p))],
        Sources = [IPNetwork.Parse("127.0.0.0/8")],
        PrivateDestinations = [IPNetwork.Parse("127.0.0.1/32")],
        Hosts = new Dictionary<string, IReadOnlyList<IPAddress>> { ["cloud.example.com"] = [IPAddress.Loopback] },
    };

    public Task<TestClient> ConnectAsync() => TestClient.ConnectAsync(Address);

    /// <summary>A client with an open tunnel to the port.</summary>
    public async Task<TestClient> OpenAsync(int port, string? fields = null)
    {
        var client = await ConnectAsync();
        await client.SendAsync($"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{fields}\r\n");
        var head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        return client;
    }

    /// <summary>The whole answer to one request on a connection of its own.</summary>
    public async Task<string> AskAsync(string request)
    {
        using var client = await ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadHeadAsync();
    }

    public Task<string> AskForAsync(string destination, string? fields = null) =>
        AskAsync($"CONNECT {destination} HTTP/1.1\r\nHost: {destination}\r\n{fields}\r\n");

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _engine.Dispose();
    }
}
