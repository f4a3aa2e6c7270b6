namespace Culvert.Relaying;

/// <summary>Finds out whether a tunnel could be opened now. Many may ask at once: they share one look, which is good for two seconds.</summary>
internal sealed class HealthCheck(RelayServer server)
{
    private const int MaxDestinations = 8;
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private RelayState? _of;
    private long _askedAt;
    private Task<HealthReport>? _look;

    public ValueTask<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        if (server.IsDraining)
        {
            return new(new HealthReport(false, "draining"));
        }

        lock (_gate)
        {
            var state = server.State;
            if (_look is null || _of != state || (_look.IsCompleted && server.Clock.GetElapsedTime(_askedAt) >= GoodFor))
            {
                (_of, _askedAt, _look) = (state, server.Clock.GetTimestamp(), LookAsync(state));
            }

            return new(_look.WaitAsync(cancellationToken));
        }
    }

    private async Task<HealthReport> LookAsync(RelayState state)
    {
        if (state.Parents is { } parents)
        {
            await parents.ProbeAsync(server.Stopping);
            var up = parents.Parents.Where(p => p.Fault is null).Select(p => p.Settings.Hop.Name).ToArray();
            return up.Length > 0
                ? new HealthReport(true, $"parents up: {string.Join(", ", up)}")
                : new HealthReport(false, $"no parent works: {string.Join("; ", parents.Parents.Select(p => $"{p.Settings.Hop.Name}: {p.Fault}"))}");
        }

        // One destination that answers is enough: which of them is down is the destination's health, not ours.
        var tries = state.Policy.Settings.Allow.Take(MaxDestinations).Select(d => TryAsync(state, d)).ToList();
        var faults = new List<string>();
        while (tries.Count > 0)
        {
            var done = await Task.WhenAny(tries);
            tries.Remove(done);
            var (well, words) = await done;
            if (well)
            {
                return new HealthReport(true, $"reached {words}");
            }

            faults.Add(words);
        }

        return new HealthReport(false, $"no destination can be reached: {string.Join("; ", faults)}");
    }

    private async Task<(bool Well, string Words)> TryAsync(RelayState state, HostPort destination)
    {
        try
        {
            var upstream = await state.OpenDirectAsync(destination, server.Stopping);
            upstream.Leg?.Dispose();
            return upstream.Leg is not null ? (true, destination.ToString()) : (false, $"{destination}: {upstream.Refusal!.Details}");
        }
        catch (OperationCanceledException)
        {
            return (false, $"{destination}: stopping");
        }
    }
}
