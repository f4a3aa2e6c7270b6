using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Culvert.Interop.Tests;

/// <summary>Real proxies that are reached over IPv6 and reach an endpoint over IPv6, each before and after one that is reached over IPv4.</summary>
public sealed class Version6Tests
{
    [Theory(Timeout = 60_000)]
    [InlineData("squid")]
    [InlineData("tinyproxy")]
    [InlineData("haproxy")]
    [InlineData("dante")]
    [InlineData("culvert")]
    public async Task A_hop_and_an_endpoint_have_IPv6_addresses(string program)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "there is no IPv6 here");
        using var ca = new TestCa("Cloud CA");
        var server = ca.Server("::1");
        await using var endpoint = new Peer(async (stream, end) =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(server, end);
            await tls.CopyToAsync(tls, end);
        }, IPAddress.IPv6Loopback);
        await using var squid = await RealProxies.SquidAsync();
        await using var tested = program switch
        {
            "squid" => await RealProxies.SquidAsync(version6: true),
            "tinyproxy" => await RealProxies.TinyproxyAsync(version6: true),
            "haproxy" => await RealProxies.HaproxyAsync(squid.Address, version6: true),
            "dante" => await RealProxies.DanteAsync(version6: true),
            _ => await RealProxies.CulvertAsync([endpoint.Address, squid.Address], address: "::1"),
        };
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(tested.Address.Host)) && tested.Address.Host.Contains(':', StringComparison.Ordinal));
        var first = Dials.Hop(tested.Address, program == "dante" ? HopScheme.Socks5 : HopScheme.Http, program);
        var second = Dials.Hop(squid.Address, name: "squid-4");
        // Dante's outer address has one family; a proxy before it leads there.
        foreach (var route in program is "dante" ? [Dials.Via(first), Dials.Via(second, first)] : new[] { Dials.Via(first), Dials.Via(first, second), Dials.Via(second, first) })
        {
            if (program == "haproxy" && route.Hops is [_, _])
            {
                continue; // It stands before this very Squid.
            }

            var result = await Dials.DialTlsAsync(route, endpoint.Address, new EndpointTls { Trust = ca.Trust });
            Assert.True(result.Succeeded, $"{route}: {result.Trace.Failure}");
            await using var stream = result.Stream;
            await Dials.EchoesAsync(stream);
        }
    }
}
