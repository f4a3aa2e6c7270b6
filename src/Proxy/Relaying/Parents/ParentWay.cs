using System.Net;
using Culvert.Tunnels;

namespace Culvert.Relaying;

/// <summary>Passes tunnels on to parents: the preferred healthy one first, the others when it fails, each at most once a tunnel.</summary>
internal sealed class ParentWay
{
    // Asked for by a probe: every proxy refuses it by its policy or fails to find it, which shows that it works, and no destination is troubled.
    private static readonly HostPort ProbeTarget = new("probe.culvert.invalid", 443);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
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
        var order = Order();
        var attempt = new Attempt(destination, via, kernel);
        if (order.Count == 1)
        {
            return Judge(attempt, order[0], await DialAsync(attempt, order[0], cancellationToken)) ?? attempt.Failed();
        }

        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<(Parent Parent, DialResult Result)>>();
        for (var next = 0; next < order.Count || running.Count > 0;)
        {
            if (next < order.Count)
            {
                running.Add(StartAsync(attempt, order[next++], losers.Token));
            }

            // A parent that takes its time gets the next one beside it: whoever waits at the client's end has three seconds in all.
            var first = Task.WhenAny(running);
            if (next < order.Count && await Task.WhenAny(first, Task.Delay(Patience, _clock, losers.Token)) != first)
            {
                cancellationToken.ThrowIfCancellationRequested();
                continue;
            }

            var done = await first;
            running.Remove(done);
            var (parent, result) = await done;
            if (Judge(attempt, parent, result) is { } decided)
            {
                await losers.CancelAsync();
                running.ForEach(r => _ = DiscardAsync(r));
                if (running.Count > 0)
                {
                    // Those that were overtaken may be down.
                    Suspected?.Invoke();
                }

                return decided;
            }
        }

        return attempt.Failed();
    }

    private static async Task DiscardAsync(Task<(Parent Parent, DialResult Result)> overtaken)
    {
        try
        {
            if ((await overtaken).Result.Stream is { } stream)
            {
                await stream.DisposeAsync();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // It was told to stop.
        }
    }

    private async Task<(Parent Parent, DialResult Result)> StartAsync(Attempt attempt, Parent parent, CancellationToken cancellationToken) =>
        (parent, await DialAsync(attempt, parent, cancellationToken));

    private ValueTask<DialResult> DialAsync(Attempt attempt, Parent parent, CancellationToken cancellationToken)
    {
        var dialer = attempt.Kernel && parent.Settings.Hop.Scheme != HopScheme.Https ? _kernelDialer : _dialer;
        return dialer.DialAsync(parent.Route, attempt.Destination, [new("Via", attempt.Via)], cancellationToken);
    }

    /// <summary>What follows from one parent's answer: an end of the attempt, or null when the next should be tried.</summary>
    private Upstream? Judge(Attempt attempt, Parent parent, DialResult result)
    {
        var name = parent.Settings.Hop.Name;
        if (result.Succeeded)
        {
            parent.Worked();
            if (Misled(attempt.Destination, result.ProxyStatus) is { } misled)
            {
                result.Stream.Dispose();
                return new Upstream { Refusal = misled with { NextHop = name, Behind = result.ProxyStatus } };
            }

            var bare = result.Bare ?? result.Stream;
            var leg = bare is LegStream { Leg: var inner } ? inner : new StreamLeg(bare, result.Socket);
            leg.Early = result.Leftover;
            return new Upstream { Leg = leg, NextHop = name, Behind = result.ProxyStatus };
        }

        var failure = result.Trace.Failure!;
        if (failure.Stage == Stage.Resolve && failure.Target == attempt.Destination.ToString())
        {
            // We resolve for this parent, and it was not even asked: that tells nothing of its health. Another may resolve by itself.
            attempt.AddUnresolved(DirectWay.NameFault(failure.Cause, failure.Evidence), $"{name}: {failure.Evidence ?? Words(result, failure)}");
            return null;
        }

        JudgeHealth(parent, result, failure);
        var refusal = Describe(parent, result, failure);
        attempt.Add(refusal, $"{name}: {Words(result, failure)}");
        // A rule's answer is final: another parent would only be a way around the rule.
        return result.RefusedWith is 403 or 400 or 405 || failure.Cause == Cause.LoopDetected ? new Upstream { Refusal = refusal } : null;
    }

    /// <summary>Asks every parent that is due whether it works.</summary>
    public async Task ProbeAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(Parents.Where(p => p.BeginProbe(_clock.GetUtcNow())).Select(p => ProbeAsync(p, cancellationToken)));

    private async Task ProbeAsync(Parent parent, CancellationToken cancellationToken)
    {
        try
        {
            var result = await _dialer.DialAsync(parent.ProbeRoute, ProbeTarget, [], cancellationToken);
            if (result.Succeeded)
            {
                await result.Stream.DisposeAsync();
                parent.Worked();
            }
            else if (result.RefusedWith is not null and not 407 && !SaysItIsDown(result))
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

    // 503 is said by one that has no parent or no room; Squid says it too where it merely does not find the probe's name, which nobody has.
    private static bool SaysItIsDown(DialResult result) =>
        result is { RefusedWith: 503, Trace.Failure: { Cause: Cause.NoParent or Cause.HopOverloaded } };

    /// <summary>The parents to try: healthy ones by priority, drawn by weight among equals, then those that are down in the same order, as one may be back.</summary>
    private IReadOnlyList<Parent> Order()
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

    private void JudgeHealth(Parent parent, DialResult result, TraceStep failure)
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

    /// <summary>One client's attempt over several parents.</summary>
    private sealed class Attempt(HostPort destination, string via, bool kernel)
    {
        private readonly List<string> _faults = [];
        private Refusal? _answered;
        private Refusal? _last;

        public HostPort Destination => destination;

        public string Via => via;

        public bool Kernel => kernel;

        public void Add(Refusal refusal, string fault)
        {
            _faults.Add(fault);
            _last = refusal;
            // What some parent answered for the destination says more than that others are down.
            _answered = refusal.ReceivedStatus is not null and not 407 ? refusal : _answered;
        }

        public void AddUnresolved(Refusal refusal, string fault)
        {
            _faults.Add(fault);
            _answered ??= refusal;
        }

        public Upstream Failed()
        {
            var words = string.Join("; ", _faults);
            return new Upstream
            {
                Refusal = _answered is not null
                    ? _answered with { Details = words }
                    : Refusal.Unavailable("destination_unavailable", $"no parent works: {words}") with { NextHop = _last?.NextHop, ReceivedStatus = _faults.Count == 1 ? _last?.ReceivedStatus : null },
            };
        }
    }
}
