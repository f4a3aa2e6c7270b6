namespace Culvert.Cli;

/// <summary>Runs all cases against one proxy, or those of some groups.</summary>
internal sealed class SuiteRunner(TimeProvider clock, IReadOnlyCollection<string>? groups = null)
{
    private const int AtATime = 40;
    private static readonly TimeSpan CaseLimit = TimeSpan.FromSeconds(60);

    /// <summary>All cases, in a fixed order.</summary>
    public static IReadOnlyList<SuiteCase> All { get; } = [.. TunnelCases.All, .. RequestCases.All, .. TargetCases.All, .. FramingCases.All, .. CrowdCases.All, .. DestinationCases.All, .. ParentCases.All, .. SecondParentCases.All];

    /// <summary>The groups, in their order.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. All.Select(c => c.Group).Distinct()];

    private IReadOnlyList<SuiteCase> Chosen { get; } = groups is { Count: > 0 } ? [.. All.Where(c => groups.Contains(c.Group))] : All;

    /// <summary>Starts the proxy as each mode needs it, and tries everything.</summary>
    public Task<SuiteReport> RunAsync(SuiteProxyKind kind, CancellationToken cancellationToken) => RunAsync(
        kind.ToString().ToLowerInvariant(),
        (allowed, parents) => SuiteProxy.StartAsync(kind, allowed, parents, clock, cancellationToken),
        mode => mode == SuiteMode.TwoParents && kind == SuiteProxyKind.Tinyproxy ? "it knows one parent only" : null,
        cancellationToken);

    /// <summary>Starts the proxy by its user's own command as each mode needs it, and tries what its settings allow.</summary>
    public Task<SuiteReport> RunAsync(SuiteStart start, CancellationToken cancellationToken) => RunAsync(
        start.Command,
        (allowed, parents) => SuiteProxy.StartAsync(start, allowed, parents, clock, cancellationToken),
        mode => mode != SuiteMode.Direct && !start.NamesParents ? "its settings name no parent of the suite's" : null,
        cancellationToken);

    private async Task<SuiteReport> RunAsync(
        string name, Func<IReadOnlyList<HostPort>, IReadOnlyList<HostPort>, Task<SuiteProxy>> start, Func<SuiteMode, string?> unfit, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow();
        await using var destinations = new SuiteDestinations();
        await using var parent = new SuiteParent();
        await using var first = new SuiteFirstParent();
        var results = new Dictionary<SuiteCase, SuiteCaseResult>();
        foreach (var mode in Enum.GetValues<SuiteMode>())
        {
            var cases = Chosen.Where(c => c.Mode == mode).ToList();
            if (cases.Count == 0)
            {
                continue;
            }

            if (unfit(mode) is { } why)
            {
                Add(results, cases.Select(c => (c, Told(c, SuiteOutcome.Skip(why), 0))));
                continue;
            }

            var (holder, port) = LoopbackServer.ClosedPort();
            SuiteParent? late = null;
            using (holder)
            {
                IReadOnlyList<HostPort> parents = mode switch
                {
                    SuiteMode.Direct => [],
                    SuiteMode.Child => [parent.Address],
                    SuiteMode.Returning => [new HostPort("127.0.0.1", port)],
                    _ => [first.Address, parent.Address],
                };
                await using var proxy = await start(mode == SuiteMode.Direct ? destinations.Listed : SuiteParent.Names, parents);
                void ComeBack()
                {
                    holder.Dispose();
                    late = new SuiteParent(port);
                }

                Add(results, await RunCasesAsync(cases, new SuiteSetting(proxy.Address, destinations, parent, clock, ComeBack), cancellationToken));
            }

            if (late is not null)
            {
                await late.DisposeAsync();
            }
        }

        return new SuiteReport { Proxy = name, StartedAt = startedAt, Cases = [.. Chosen.Select(c => results[c])] };
    }

    /// <summary>Tries a proxy that runs already. It must allow the suite's destinations; those are told first, and may be given a moment to be entered.</summary>
    public async Task<SuiteReport> RunAsync(HostPort address, SuiteDestinations destinations, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow();
        var results = new Dictionary<SuiteCase, SuiteCaseResult>();
        Add(results, await RunCasesAsync(Chosen.Where(c => c.Mode == SuiteMode.Direct), new SuiteSetting(address, destinations, null, clock), cancellationToken));
        Add(results, Chosen.Where(c => c.Mode != SuiteMode.Direct).Select(c => (c, Told(c, SuiteOutcome.Skip("the proxy's parents are not the suite's"), 0))));
        return new SuiteReport { Proxy = address.ToString(), StartedAt = startedAt, Cases = [.. Chosen.Select(c => results[c])] };
    }

    private static void Add(Dictionary<SuiteCase, SuiteCaseResult> results, IEnumerable<(SuiteCase Case, SuiteCaseResult Result)> more)
    {
        foreach (var (one, result) in more)
        {
            results[one] = result;
        }
    }

    private async Task<(SuiteCase Case, SuiteCaseResult Result)[]> RunCasesAsync(IEnumerable<SuiteCase> cases, SuiteSetting setting, CancellationToken cancellationToken)
    {
        // Those that wait for a proxy to give up go side by side; those that count what others do to it go one after the other.
        var alone = cases.ToLookup(c => c.Alone);
        using var places = new SemaphoreSlim(AtATime);
        var first = await Task.WhenAll(alone[false].Select(async c =>
        {
            await places.WaitAsync(cancellationToken);
            try
            {
                return await RunAsync(c, setting, cancellationToken);
            }
            finally
            {
                places.Release();
            }
        }));
        var then = new List<(SuiteCase, SuiteCaseResult)>();
        foreach (var one in alone[true])
        {
            then.Add(await RunAsync(one, setting, cancellationToken));
        }

        return [.. first, .. then];
    }

    private async Task<(SuiteCase Case, SuiteCaseResult Result)> RunAsync(SuiteCase one, SuiteSetting setting, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        using var deadline = new CancellationTokenSource(CaseLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        SuiteOutcome outcome;
        try
        {
            outcome = await one.RunAsync(setting, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            outcome = SuiteOutcome.Fail($"not done within {CaseLimit.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException)
        {
            outcome = SuiteOutcome.Fail(e.Message);
        }

        return (one, Told(one, outcome, clock.GetElapsedTime(started).TotalMilliseconds));
    }

    private static SuiteCaseResult Told(SuiteCase one, SuiteOutcome outcome, double milliseconds)
    {
        var seen = new string([.. outcome.Seen.Take(160).Select(c => c is >= ' ' and <= '~' ? c : '.')]);
        return new SuiteCaseResult(one.Group, one.Name, outcome.Verdict, one.Expected, seen, Math.Round(milliseconds));
    }
}
