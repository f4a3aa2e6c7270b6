using System.Net;
using System.Net.Sockets;

namespace Culvert.Tunnels.Tests;

public sealed class AddressTests
{
    [Fact(Timeout = 60_000)]
    public async Task An_IPv6_address_is_a_destination_and_a_hop()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6 on this machine");
        await using var echo = Peer.Echo(IPAddress.IPv6Loopback);
        await using var proxy = new GoodProxy();
        foreach (var route in new[] { Dials.Via(), Dials.Via(Dials.Hop(proxy.Address)) })
        {
            var result = await Dials.DialAsync(route, echo.Address);
            Assert.Null(result.Trace.Failure);
            await using var stream = result.Stream!;
            await Dials.EchoesAsync(stream);
        }

        Assert.Equal([$"[::1]:{echo.Address.Port}"], proxy.Targets);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_name_whose_first_address_refuses_is_reached_at_its_second()
    {
        await using var echo = Peer.Echo();
        var options = Dials.Hosts("portal.example", IPAddress.Parse("127.0.0.99"), IPAddress.IPv6Loopback, IPAddress.Loopback);
        var result = await Dials.DialAsync(Dials.Via(), new HostPort("portal.example", echo.Address.Port), options);
        await using var stream = result.Stream!;
        await Dials.EchoesAsync(stream);
        Assert.Equal([Stage.Resolve, Stage.Connect], result.Trace.Steps.Select(s => s.Stage));
        Assert.Contains("hosts table", result.Trace.Steps[0].Evidence);
        Assert.Equal(echo.Address.ToString(), result.Trace.Steps[1].Evidence);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_name_whose_first_address_drops_packets_is_reached_at_its_second_beside_it()
    {
        await using var echo = Peer.Echo(IPAddress.Parse("127.0.0.2"));
        // The same port on another loopback address, with a full backlog.
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.3"), echo.Address.Port));
        deaf.Listen(0);
        using var filling = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await filling.ConnectAsync(deaf.LocalEndPoint!, TestContext.Current.CancellationToken);
        var options = Dials.Hosts("portal.example", IPAddress.Parse("127.0.0.3"), IPAddress.Parse("127.0.0.2"));
        var result = await Dials.DialAsync(Dials.Via(), new HostPort("portal.example", echo.Address.Port), options);
        await using var stream = result.Stream!;
        await Dials.EchoesAsync(stream);
    }

    [Fact(Timeout = 60_000)]
    public async Task When_every_address_fails_all_are_in_the_evidence()
    {
        HostPort gone;
        await using (var closed = Peer.Silent())
        {
            gone = closed.Address;
        }

        var options = Dials.Hosts("portal.example", IPAddress.Parse("127.0.0.98"), IPAddress.Parse("127.0.0.99"));
        var failure = (await Dials.DialAsync(Dials.Via(), new HostPort("portal.example", gone.Port), options)).Trace.Failure!;
        Assert.Equal((Stage.Connect, Cause.ConnectionRefused), (failure.Stage, failure.Cause));
        Assert.Contains("127.0.0.98", failure.Evidence);
        Assert.Contains("127.0.0.99", failure.Evidence);
    }

    [Fact]
    public void The_families_take_turns_and_a_pool_of_addresses_is_cut()
    {
        IPAddress V4(int i) => IPAddress.Parse($"198.51.100.{i}");
        IPAddress V6(int i) => IPAddress.Parse($"2001:db8::{i}");
        Assert.Equal([V6(1), V4(1), V6(2), V4(2), V6(3)], TcpConnector.InTurns([V6(1), V6(2), V6(3), V4(1), V4(2)]));
        Assert.Equal(12, TcpConnector.InTurns([.. Enumerable.Range(1, 200).Select(V4)]).Count);
    }
}
