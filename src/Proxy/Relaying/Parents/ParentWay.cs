using System.Net;
using Culvert.Tunnels;

namespace Culvert.Relaying;

/// <summary>Passes tunnels on to parents: the preferred healthy one first, the others when it fails, each at most once a tunnel.</summary>
internal sealed class ParentWay
{
    // Asked for by a probe: every proxy refuses it by its policy or fails to find it, which shows that it works, and no destination is troubled.
    private static readonly HostPort ProbeTarget = new("probe.culvert.invalid", 443);
    private readonly TunnelDialer _dialer;
    private readonly TunnelDialer _kernelDialer;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> _hosts;

    public ParentWay(RelaySettings settings, TunnelDialer dialer, TunnelDialer kernelDialer, TimeProvider clock, Random random)
    {
        (_dialer, _kernelDialer, _clock, _random, _hosts) = (dialer, kernelDialer, clock, random, settings.Hosts);
        Parents = [.. settings.Parents.Select(p => new Parent(p))];
    }

    public IReadOnlyList<Parent> Parents { get; }

    public async ValueTask<Upstream> OpenAsync(HostPort destination, string via, bool kernel, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        Refusal? refusal = null;
        foreach (var parent in Order())
        {
            var dialer = kernel && parent.Settings.Hop.Scheme != HopScheme.Https ? _kernelDialer : _dialer;
            var result = await dialer.DialAsync(parent.Route, destination, [new("Via", via)], cancellationToken);
            if (result.Succeeded)
            {
                parent.Worked();
                if (Misled(destination, result.ProxyStatus) is { } misled)
                {
                    await result.Stream.DisposeAsync();
                    return new Upstream { Refusal = misled with { NextHop = parent.Settings.Hop.Name, Behind = result.ProxyStatus } };
                }

                var bare = result.Bare ?? result.Stream;
                var leg = bare is LegStream { Leg: var inner } ? inner : new StreamLeg(bare, result.Socket);
                leg.Early = result.Leftover;
                return new Upstream { Leg = leg, NextHop = parent.Settings.Hop.Name, Behind = result.ProxyStatus };
            }

            var failure = result.Trace.Failure!;
            Judge(parent, result, failure);
            refusal = Describe(parent, result, failure);
            if (result.RefusedWith is 403 or 400 or 405 || failure.Cause == Cause.LoopDetected)
            {
                // A rule's answer: another parent would only be a way around the rule.
                return new Upstream { Refusal = refusal };
            }

            faults.Add($"{parent.Settings.Hop.Name}: {Words(result, failure)}");
        }

        // Where some parent answered for the destination, its answer says more than that the others are down.
        return new Upstream
        {
            Refusal = refusal is { ReceivedStatus: not null and not 407 } && faults.Count == 1
                ? refusal
                : refusal is { ReceivedStatus: not null and not 407 } ? refusal with { Details = string.Join("; ", faults) }
                : Refusal.Unavailable("destination_unavailable", $"no parent works: {string.Join("; ", faults)}") with { NextHop = refusal?.NextHop },
        };
    }

    /// <summary>Asks every parent that is due whether it works.</summary>
    public async Task ProbeAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(Parents.Where(p => p.BeginProbe(_clock.GetUtcNow())).Select(p => ProbeAsync(p, cancellationToken)));

    private async Task ProbeAsync(Parent parent, CancellationToken cancellationToken)
    {
        try
        {
            var result = await _dialer.DialAsync(parent.Route, ProbeTarget, [], cancellationToken);
            if (result.Succeeded)
            {
                await result.Stream.DisposeAsync();
                parent.Worked();
            }
            else if (result.RefusedWith is not null and not 407 and not 503)
            {
                parent.Worked();
            }
            else
            {
                parent.Failed(Words(result, result.Trace.Failure!), _clock.GetUtcNow(), _random);
            }
        }
        finally
        {
            parent.EndProbe();
        }
    }

    /// <summary>The parents to try: healthy ones by priority, drawn by weight among equals, then those that are down in the same order, as one may be back.</summary>
    private IEnumerable<Parent> Order()
    {
        if (Parents.Count == 1)
        {
            return Parents;
        }

        return Parents
            .OrderBy(p => p.Fault is not null)
            .ThenBy(p => p.Settings.Priority)
            // Efraimidis and Spirakis: the largest u^(1/w) first draws without replacement by weight.
            .ThenByDescending(p => Math.Pow(_random.NextDouble(), 1.0 / p.Settings.Weight))
            .ToList();
    }

    private void Judge(Parent parent, DialResult result, TraceStep failure)
    {
        if (result.RefusedWith is not null and not 407)
        {
            parent.Worked();
            return;
        }

        // No answer in time may be the destination's fault as well as the hop's: a probe will tell, and until then it is not down.
        if (failure.Cause != Cause.NoAnswer)
        {
            parent.Failed(Words(result, failure), _clock.GetUtcNow(), _random);
        }
        else
        {
            Suspected?.Invoke();
        }
    }

    /// <summary>Raised when a parent did not answer: a probe should tell whether it is down.</summary>
    public event Action? Suspected;

    // A name whose addresses are set here must be reached at one of them, whoever resolves it (Proxy-Status, next-hop).
    private Refusal? Misled(HostPort destination, IReadOnlyList<ProxyStatusEntry> behind)
    {
        if (!_hosts.TryGetValue(destination.Host, out var expected) || behind.Count == 0 || behind[0].NextHop is not { } reached)
        {
            return null;
        }

        var address = IPEndPoint.TryParse(reached, out var endPoint) ? endPoint.Address : null;
        return address is null || expected.Contains(address)
            ? null
            : Refusal.BadGateway("destination_ip_prohibited", $"{destination.Host} was reached at {address}, but hosts says {string.Join(", ", expected)}");
    }

    private static Refusal Describe(Parent parent, DialResult result, TraceStep failure)
    {
        var words = $"{parent.Settings.Hop.Name}: {Words(result, failure)}";
        var refusal = result.RefusedWith switch
        {
            403 => Refusal.Denied(words),
            502 or 508 => Refusal.BadGateway("http_request_denied", words),
            504 => Refusal.TimedOut("http_response_timeout", words),
            407 => Refusal.BadGateway("proxy_configuration_error", words),
            503 => Refusal.Unavailable("destination_unavailable", words),
            not null => Refusal.BadGateway("http_protocol_error", words),
            null => failure.Cause switch
            {
                Cause.NoAnswer or Cause.ConnectionTimedOut => Refusal.TimedOut("connection_timeout", words),
                _ => Refusal.BadGateway("destination_unavailable", words),
            },
        };
        // Its own entry names the error already when it has one; ours then says only what was received.
        var told = result.ProxyStatus.Any(e => e.Error is not null);
        return refusal with
        {
            Error = told ? null : refusal.Error,
            NextHop = parent.Settings.Hop.Name,
            ReceivedStatus = result.RefusedWith,
            Behind = result.ProxyStatus,
        };
    }

    private static string Words(DialResult result, TraceStep failure) =>
        result.RefusedWith is { } status ? $"{failure.Cause} ({status})" : $"{failure.Cause} at {failure.Stage}";
}
