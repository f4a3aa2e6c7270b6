using System.Net;
using System.Net.Sockets;
using Culvert.Tunnels;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Relaying.Tests.Units;

/// <summary>What a resolver said wrongly is not kept once nobody answers there.</summary>
public sealed class NameMemoryTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Scripted _resolver = new();
    private readonly NameMemory _names;

    public NameMemoryTests() => _names = new NameMemory(_resolver, _clock);

    [Fact(Timeout = 60_000)]
    public async Task An_answer_is_kept_for_ten_seconds_and_a_failure_for_one()
    {
        _resolver.Answer = IPAddress.Parse("198.51.100.1");
        await _names.ResolveAsync("portal.example");
        _clock.Advance(TimeSpan.FromSeconds(9));
        await _names.ResolveAsync("portal.example");
        Assert.Equal(1, _resolver.Asked);
        _clock.Advance(TimeSpan.FromSeconds(2));
        _resolver.Answer = null;
        Assert.Equal(Cause.NameNotFound, (await _names.ResolveAsync("portal.example")).Cause);
        Assert.Equal(Cause.NameNotFound, (await _names.ResolveAsync("portal.example")).Cause);
        Assert.Equal(2, _resolver.Asked);
        _clock.Advance(TimeSpan.FromSeconds(1.1));
        _resolver.Answer = IPAddress.Parse("198.51.100.2");
        Assert.Equal("198.51.100.2", (await _names.ResolveAsync("portal.example")).Addresses.Single().ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_wrong_address_is_forgotten_when_the_connection_fails_and_the_resolver_is_asked_again()
    {
        var way = new DirectWay(_names);
        var policy = new RelayPolicy(new RelaySettings { Name = "proxy", Allow = [new HostPort("portal.example", 443)], Sources = [] }, _clock);
        _resolver.Answer = IPAddress.Parse("198.51.100.66");
        var dialer = new Failing();
        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull((await way.OpenAsync(policy, new HostPort("portal.example", 443), dialer, TestContext.Current.CancellationToken)).Refusal);
        }

        // A destination that is down is no load for the resolver: once in a second.
        Assert.Equal(1, _resolver.Asked);
        _clock.Advance(TimeSpan.FromSeconds(1.1));
        await way.OpenAsync(policy, new HostPort("portal.example", 443), dialer, TestContext.Current.CancellationToken);
        // Then the wrong answer is gone, long before its ten seconds: the name does not exist any more, and that is what is said.
        _resolver.Answer = null;
        var refusal = (await way.OpenAsync(policy, new HostPort("portal.example", 443), dialer, TestContext.Current.CancellationToken)).Refusal!;
        Assert.Equal("dns_error", refusal.Error);
        Assert.Equal(["198.51.100.66", "198.51.100.66", "198.51.100.66", "198.51.100.66"], dialer.Dialled);
    }

    private sealed class Scripted() : NameResolver(new TunnelDialerOptions(), TimeProvider.System)
    {
        public IPAddress? Answer { get; set; }

        public int Asked { get; private set; }

        protected override Task<IPAddress[]> AskSystemAsync(string host, CancellationToken cancellationToken)
        {
            Asked++;
            return Answer is { } address ? Task.FromResult<IPAddress[]>([address]) : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
        }
    }

    private sealed class Failing : ITcpDialer
    {
        public List<string> Dialled { get; } = [];

        public ValueTask<(Leg? Leg, Cause Cause, string? Evidence)> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, TimeSpan limit, CancellationToken cancellationToken)
        {
            Dialled.AddRange(addresses.Select(a => a.ToString()));
            return new((null, Cause.ConnectionRefused, "refused"));
        }
    }
}
