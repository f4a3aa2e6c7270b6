using System.Collections.Concurrent;
using System.Net;

namespace Culvert.Relaying;

/// <summary>Dials destinations itself: the last proxy of a chain.</summary>
internal sealed class DirectWay(NameMemory names)
{
    // Below the time that a proxy or sensor before this one waits for an answer (3 s), so that it hears 504 from us and does not think us dead.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(2500);

    private const int MaxReached = 1024;
    private readonly ConcurrentDictionary<IPEndPoint, (string Name, byte[] Answer)> _reached = new();

    public async ValueTask<Upstream> OpenAsync(RelayPolicy policy, HostPort destination, ITcpDialer dialer, CancellationToken cancellationToken)
    {
        var (addresses, cause, evidence) = await names.ResolveAsync(destination.Host);
        if (cause != Cause.None)
        {
            return new Upstream { Refusal = NameFault(cause, evidence) };
        }

        // The guard judges what the name leads to now, and the same address is dialled: no second look-up can slip in another.
        var allowed = addresses;
        for (var i = 0; i < addresses.Count; i++)
        {
            if (!policy.Guard.Allows(addresses[i]))
            {
                allowed = [.. addresses.Where(policy.Guard.Allows)];
                break;
            }
        }

        if (allowed.Count == 0)
        {
            return new Upstream
            {
                Refusal = Refusal.Denied(
                    $"{destination.Host} leads to {addresses[0]}, a private or special address that is not listed in privateDestinations", "destination_ip_prohibited"),
            };
        }

        (var leg, cause, evidence) = await dialer.ConnectAsync(allowed, destination.Port, ConnectTimeout, cancellationToken);
        if (leg is not null)
        {
            var (name, answer) = Reached(policy, leg.Peer);
            return new Upstream { Leg = leg, NextHop = name, Answer = answer };
        }

        names.Forget(destination.Host);
        return new Upstream { Refusal = ConnectRefusal(cause, evidence) with { NextHop = new IPEndPoint(allowed[^1], destination.Port).ToString() } };
    }

    // Thousands of tunnels lead to the same few addresses: what is said of one is made once.
    private (string Name, byte[] Answer) Reached(RelayPolicy policy, IPEndPoint endPoint)
    {
        if (_reached.TryGetValue(endPoint, out var known))
        {
            return known;
        }

        var name = endPoint.ToString();
        var fresh = (name, OpenedAnswer.Write(policy.Settings.Name, name, null));
        if (_reached.Count < MaxReached)
        {
            _reached[endPoint] = fresh;
        }

        return fresh;
    }

    internal static Refusal NameFault(Cause cause, string? evidence) => cause switch
    {
        Cause.ResolverUnreachable => Refusal.TimedOut("dns_timeout", evidence ?? "the resolver does not answer"),
        Cause.DestinationRefused => Refusal.Denied(evidence ?? "the name leads to a private or special address", "destination_ip_prohibited"),
        _ => Refusal.BadGateway("dns_error", evidence ?? "the name does not resolve") with { ResponseCode = "NXDOMAIN" },
    };

    private static Refusal ConnectRefusal(Cause cause, string? evidence) => cause switch
    {
        Cause.ConnectionRefused => Refusal.BadGateway("connection_refused", evidence ?? "the destination refuses the connection"),
        Cause.ConnectionTimedOut => Refusal.TimedOut("connection_timeout", evidence ?? "the destination does not answer"),
        Cause.ConnectionReset => Refusal.BadGateway("connection_terminated", evidence ?? "the destination reset the connection"),
        _ => Refusal.BadGateway("destination_ip_unroutable", evidence ?? "there is no route to the destination"),
    };
}
