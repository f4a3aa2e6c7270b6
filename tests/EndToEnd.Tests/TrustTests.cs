using System.Net;
using System.Net.Security;
using Culvert.EndToEnd.Tests.Captures;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.EndToEnd.Tests.Peers;
using Culvert.Tunnels;

namespace Culvert.EndToEnd.Tests;

/// <summary>Whom the sensor and the proxies talk to, and whom not.</summary>
[Collection(OnePortal.Name)]
public sealed class TrustTests(PortalFixture fixture)
{
    [Fact(Timeout = 300_000)]
    public async Task An_inspecting_proxy_is_named_and_never_accepted()
    {
        var portal = await fixture.GetAsync();
        await using var proxy = new InterceptingProxy();
        await using var sensor = new Sensor(fixture.Folder, "inspected");
        var settings = sensor.Configure(SensorFiles.Settings(SensorFiles.Route("inspected", 1, HopReach.Nested, proxy), " []\n"));

        var (status, transcript) = await sensor.TryActivateAsync(await portal.OnboardAsync("inspected"), settings);

        Assert.True(status == 17, $"status {status}\n{transcript}");
        Assert.Contains(InterceptingProxy.Issuer, transcript, StringComparison.Ordinal);
        Assert.True(proxy.Tunnels > 0);
        Assert.Equal(0, proxy.ClearBytes);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_suite_below_AES_256_is_refused()
    {
        var portal = await fixture.GetAsync();
        await using var proxy = new InterceptingProxy(TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
        await using var sensor = new Sensor(fixture.Folder, "weak");
        var settings = sensor.Configure(SensorFiles.Settings(SensorFiles.Route("weak", 1, HopReach.Nested, proxy), " []\n"));

        var (status, transcript) = await sensor.TryActivateAsync(await portal.OnboardAsync("weak"), settings);

        Assert.True(status == 16, $"status {status}\n{transcript}");
        Assert.Contains(nameof(Cause.TlsTooWeak), transcript, StringComparison.Ordinal);
        Assert.Equal(0, proxy.ClearBytes);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_proxy_opens_tunnels_to_what_is_on_its_list_and_to_nothing_else()
    {
        var portal = await fixture.GetAsync();
        await using var proxy = await CulvertProxy.StartAsync(fixture.Folder, "strict-proxy", [$"{Portal.Host}:{portal.Port}"]);
        var route = new Route { Name = "strict", Hops = [new Hop { Name = proxy.Name, Address = new HostPort("127.0.0.1", proxy.Port) }] };
        var dialer = new TunnelDialer(new TunnelDialerOptions { RequestTimeout = TimeSpan.FromSeconds(30) }, TimeProvider.System);
        async Task<DialResult> DialAsync(string host, int port) => await dialer.DialAsync(route, new HostPort(host, port), TestContext.Current.CancellationToken);

        var good = await DialAsync(Portal.Host, portal.Port);
        Assert.True(good.Succeeded, good.Trace.Failure?.ToString());
        await good.Stream.DisposeAsync();
        foreach (var (host, port) in ((string, int)[])[("other.culvert.test", portal.Port), (Portal.Host, 22), ("127.0.0.1", portal.Port), ($"x.{Portal.Host}", portal.Port)])
        {
            var refused = await DialAsync(host, port);
            Assert.Equal((int)HttpStatusCode.Forbidden, refused.RefusedWith);
            Assert.Equal(Cause.DestinationRefused, refused.Trace.Failure?.Cause);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task A_running_sensor_listens_on_nothing()
    {
        var portal = await fixture.GetAsync();
        var capture = fixture.Folder.Path("quiet.pcap");
        BusyPlant.Write(capture, 50, 100);
        await using var sensor = new Sensor(fixture.Folder, "silent");
        var settings = sensor.Configure(SensorFiles.Settings(SensorFiles.Route("silent", 1, HopReach.Nested), SensorFiles.Capture(capture, "hall", 10)));
        await sensor.ActivateAsync(portal, settings);
        await sensor.StartAsync(settings);
        await Limits.UntilAsync(
            () => Task.FromResult(PortalRows.Stored(portal, "silent").Values.Sum() > 50), "records arrive", TestContext.Current.CancellationToken);

        // It does talk, so the look at the operating system's tables sees its sockets.
        Assert.NotEmpty(Sockets.Of(sensor.Run.ProcessId));
        Assert.Empty(Sockets.ListeningOf(sensor.Run.ProcessId));
    }
}
