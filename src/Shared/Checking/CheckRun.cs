using System.Collections.Concurrent;
using System.Net.Security;

namespace Culvert.Checking;

/// <summary>One run of a check: its questions, its findings, its progress.</summary>
internal sealed class CheckRun : IDisposable
{
    private readonly TunnelDialer _dialer;
    private readonly TimeProvider _clock;
    private readonly NameResolver _resolver;
    private readonly CheckRequest _request;
    private readonly CheckOptions _options;
    private readonly IProgress<CheckProgress>? _progress;
    private readonly HopQuestions _questions;
    private readonly EndpointProbe _endpoints;
    private readonly FaultFinder _faults;
    private readonly SecretScrubber _scrubber;
    private readonly LivingHops _living = new();
    private readonly SemaphoreSlim _turns;
    private readonly ConcurrentQueue<Finding> _findings = new();
    private int _done;
    private int _total;

    public CheckRun(TunnelDialer dialer, TimeProvider clock, NameResolver resolver, CheckRequest request, CheckOptions options, IProgress<CheckProgress>? progress)
    {
        (_dialer, _clock, _resolver, _request, _options, _progress) = (dialer, clock, resolver, request, options, progress);
        _questions = new HopQuestions(dialer, options, clock);
        _endpoints = new EndpointProbe(dialer, request, options, clock);
        _faults = new FaultFinder(dialer, request, _questions, _living);
        _scrubber = new SecretScrubber(request.Routes);
        _turns = new SemaphoreSlim(Math.Max(1, options.Parallel));
        _total = request.Routes.Count * Groups.Length;
    }

    public (TimeSpan Drift, TimeSpan Uncertainty)? Drift => _endpoints.Drift;

    private static string Word(CloudService service) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(service.ToString());

    private IGrouping<HostPort, CloudService>[] Groups => [.. _request.Endpoints.GroupBy(e => e.Address, e => e.Service)];

    /// <summary>Tries every endpoint by a route.</summary>
    public async Task<IReadOnlyList<EndpointCheck>> TryRouteAsync(Route route, CancellationToken cancellationToken)
    {
        var endpoints = await Task.WhenAll(Groups.Select(g => InTurnAsync(
            route, $"{g.Key} ({string.Join(", ", g.Select(Word))})", () => _endpoints.RunAsync(route, g.Key, [.. g], cancellationToken), cancellationToken)));
        foreach (var endpoint in endpoints)
        {
            _living.Learn(route, endpoint);
        }

        return endpoints;
    }

    /// <summary>Looks at the hops of a route and into what failed on it. All routes were tried before, as the ones that work show which hops live.</summary>
    public async Task<RouteCheck> LookIntoAsync(Route route, IReadOnlyList<EndpointCheck> endpoints, CancellationToken cancellationToken)
    {
        var hops = await LookAtHopsAsync(route, endpoints, cancellationToken);
        await ExplainAsync(route, endpoints, cancellationToken);
        var idle = await TryIdleAsync(route, endpoints, cancellationToken);
        return new RouteCheck
        {
            Name = route.Name,
            Priority = route.Priority,
            Hops = hops,
            Endpoints = [.. endpoints.Select(e => e with { Trace = _scrubber.Clean(e.Trace) })],
            Succeeded = endpoints.Count > 0 && endpoints.All(e => e.Succeeded),
            Idle = idle,
        };
    }

    /// <summary>What is asked besides the ways themselves.</summary>
    public async Task CheckBesidesAsync(IReadOnlyList<RouteCheck> routes, CancellationToken cancellationToken)
    {
        foreach (var (host, where) in FirstNames())
        {
            if (_request.ListedAddresses.TryGetValue(host, out var listed) && listed.Count > 0)
            {
                var (addresses, cause, _) = await _resolver.ResolveAsync(host, cancellationToken);
                if (cause == Cause.None && addresses.Where(a => !listed.Contains(a)).ToArray() is { Length: > 0 } others)
                {
                    _findings.Enqueue(SideFindings.OtherAddresses(host, where, others, listed));
                }
            }
        }

        if (_options.LeastPrivilege)
        {
            await AskForMoreAsync(routes, cancellationToken);
        }
    }

    /// <summary>Everything found, worst first.</summary>
    public IReadOnlyList<Finding> Findings(IReadOnlyList<RouteCheck> routes)
    {
        foreach (var finding in SideFindings.Of(_request, _options, routes, Drift, _clock.GetUtcNow()))
        {
            _findings.Enqueue(finding);
        }

        var order = _request.Routes.Select((r, i) => (r.Name, i)).GroupBy(p => p.Name).ToDictionary(g => g.Key, g => g.First().i);
        return
        [
            .. _findings.Select(_scrubber.Clean)
                .OrderByDescending(f => f.Severity)
                .ThenBy(f => f.Route is null ? int.MaxValue : order.GetValueOrDefault(f.Route))
                .ThenBy(f => f.HopIndex ?? int.MaxValue)
                .ThenBy(f => f.Kind).ThenBy(f => f.Summary, StringComparer.Ordinal),
        ];
    }

    public void Dispose() => _turns.Dispose();

    /// <summary>Each different failure of a route is looked into once.</summary>
    private async Task ExplainAsync(Route route, IReadOnlyList<EndpointCheck> endpoints, CancellationToken cancellationToken)
    {
        var different = endpoints.Where(e => e.Trace.Failure is not null)
            .GroupBy(e => (e.Trace.Failure!.HopIndex, e.Trace.Failure.Stage, e.Trace.Failure.Cause, At: e.Trace.Failure.HopIndex < route.Hops.Count ? "" : e.Address));
        foreach (var same in different)
        {
            Interlocked.Increment(ref _total);
            var first = same.First();
            var finding = await InTurnAsync(
                route, $"why {first.Address} is not reached", () => _faults.FindAsync(route, HostPort.Parse(first.Address), first.Trace, cancellationToken), cancellationToken);
            _findings.Enqueue(finding with { Destinations = [.. same.Select(e => e.Address)] });
        }
    }

    private async Task<IReadOnlyList<HopCheck>> LookAtHopsAsync(Route route, IReadOnlyList<EndpointCheck> endpoints, CancellationToken cancellationToken)
    {
        var hops = new List<HopCheck>();
        for (var i = 0; i < route.Hops.Count; i++)
        {
            var hop = route.Hops[i];
            var index = i;
            var reached = endpoints.Any(e => e.Trace.Steps.Any(s => s.HopIndex == index && s is { Stage: Stage.ProxyTls, Cause: Cause.None }));
            hops.Add(new HopCheck
            {
                Index = i,
                Name = hop.Name,
                Address = $"{hop.Scheme.ToString().ToLowerInvariant()}://{hop.Address}",
                Level = hop.Level?.ToString(),
                Reach = hop.Reach,
                HasCredentials = hop.Credentials is not null,
                Certificate = reached ? await CertificateAsync(route, i, hop, cancellationToken) : null,
            });
        }

        return hops;
    }

    private async ValueTask<CertificateSeen?> CertificateAsync(Route route, int index, Hop hop, CancellationToken cancellationToken)
    {
        if (HopQuestions.TrustOf(hop) is not { } tls)
        {
            return null;
        }

        var dial = await _dialer.DialTlsAsync(route with { Hops = [.. route.Hops.Take(index)] }, hop.Address, tls, cancellationToken);
        if (dial.Stream is not SslStream stream)
        {
            return null;
        }

        await using (stream)
        {
            return EndpointProbe.Seen(stream);
        }
    }

    private async Task<IdleCheck?> TryIdleAsync(Route route, IReadOnlyList<EndpointCheck> endpoints, CancellationToken cancellationToken)
    {
        var target = endpoints.OrderByDescending(e => e.Services.Contains(CloudService.IotHub)).FirstOrDefault(e => e.Succeeded);
        if (_options.IdleUpTo is not { } upTo || target is null)
        {
            return null;
        }

        Interlocked.Increment(ref _total);
        Tell(route.Name, $"silence of up to {upTo.TotalSeconds:0} s");
        var idle = await new IdleProbe(_dialer, _endpoints, _clock, _request).RunAsync(route, HostPort.Parse(target.Address), upTo, cancellationToken);
        Interlocked.Increment(ref _done);
        Tell(route.Name, "silence");
        return idle;
    }

    private async Task AskForMoreAsync(IReadOnlyList<RouteCheck> routes, CancellationToken cancellationToken)
    {
        var probe = new LeastPrivilege(_dialer, _questions);
        var listed = _request.Endpoints.Select(e => e.Address).Concat(_request.Routes.SelectMany(r => r.Hops).Select(h => h.Address)).ToHashSet();
        var asked = new HashSet<HostPort>();
        foreach (var (route, check) in _request.Routes.Zip(routes))
        {
            if (check.Endpoints.FirstOrDefault(e => e.Succeeded) is not { } reached)
            {
                continue;
            }

            var place = new FaultPlace(route, reached.Address, reached.Trace);
            for (var i = 0; i < route.Hops.Count; i++)
            {
                // Only hops that the sensor asks itself; a forwarded one is asked through its child, whose refusal hides it.
                var index = i;
                if ((i == 0 || route.Hops[i].Reach == HopReach.Nested) && asked.Add(route.Hops[i].Address))
                {
                    Interlocked.Increment(ref _total);
                    var next = place.Question(i, HostPort.Parse(reached.Address));
                    foreach (var finding in await InTurnAsync(route, $"what else {route.Hops[i].Name} lets through", () => probe.AskHopAsync(route, index, next, listed, cancellationToken), cancellationToken))
                    {
                        _findings.Enqueue(finding);
                    }
                }
            }
        }

        if (_request.Routes.Count > 0 && _request.Routes.All(r => !r.IsDirect))
        {
            foreach (var group in Groups)
            {
                if (await probe.AskDirectAsync(group.Key, cancellationToken) is { } beside)
                {
                    _findings.Enqueue(beside);
                }
            }
        }
    }

    /// <summary>The names that the sensor itself must resolve, each once.</summary>
    private IEnumerable<(string Host, string Where)> FirstNames() =>
        _request.Routes.SelectMany(r => r.IsDirect ? Groups.Select(g => (g.Key.Host, g.Key.ToString())) : [(r.Hops[0].Address.Host, r.Hops[0].Name)]).DistinctBy(p => p.Item1);

    private async Task<T> InTurnAsync<T>(Route route, string what, Func<ValueTask<T>> work, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            Tell(route.Name, what);
            return await work();
        }
        finally
        {
            _turns.Release();
            Interlocked.Increment(ref _done);
            Tell(route.Name, what);
        }
    }

    private void Tell(string route, string what) => _progress?.Report(new CheckProgress(route, what, Volatile.Read(ref _done), Volatile.Read(ref _total)));
}
