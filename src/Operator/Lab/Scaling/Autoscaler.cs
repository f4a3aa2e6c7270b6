namespace Culvert.Lab;

/// <summary>Reads what the members of a pool say of their load, and adds and removes members: out at once, in one by one and after a calm.</summary>
internal sealed class Autoscaler : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly LabRuntime _lab;
    private readonly SiteProxy _pool;
    private readonly AutoscaleRules _rules;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public Autoscaler(LabRuntime lab, SiteProxy pool, AutoscaleRules rules)
    {
        (_lab, _pool, _rules) = (lab, pool, rules);
        _running = RunAsync(_stop.Token);
    }

    /// <summary>What it did and why, newest last.</summary>
    public IReadOnlyList<string> Said { get; private set; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var busy = _lab.Clock.GetTimestamp();
        try
        {
            using var timer = new PeriodicTimer(Every, _lab.Clock);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var members = await _lab.MemberLoadsAsync(_pool, cancellationToken);
                if (members.Any(m => m.Load is null))
                {
                    // One that is silent may carry anything: nothing is taken away on half a picture.
                    busy = _lab.Clock.GetTimestamp();
                }

                var tunnels = members.Sum(m => m.Load?.Tunnels ?? 0);
                var wanted = _rules.Wanted(_pool.Pool!, tunnels);
                if (wanted >= members.Count)
                {
                    busy = _lab.Clock.GetTimestamp();
                }

                var next = wanted > members.Count ? wanted : wanted < members.Count && _lab.Clock.GetElapsedTime(busy) >= _rules.CalmFor ? members.Count - 1 : members.Count;
                if (next != members.Count)
                {
                    await TryAsync(next, $"{tunnels} tunnels on {members.Count} members", cancellationToken);
                    busy = _lab.Clock.GetTimestamp();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It was told to stop.
        }
    }

    private async Task TryAsync(int members, string why, CancellationToken cancellationToken)
    {
        try
        {
            Say($"{why}: {members} from now on");
            await _lab.ScaleAsync(_pool.Name, members, null, Say, cancellationToken);
        }
        catch (LabException e)
        {
            Say($"could not: {e.Message}");
        }
    }

    private void Say(string text) => Said = [.. Said.TakeLast(19), text];
}
