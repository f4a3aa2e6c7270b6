namespace Culvert.Checking;

/// <summary>Finds out how much silence a way bears: several tunnels at once, each silent for another while, then asked.</summary>
internal sealed class IdleProbe(TunnelDialer dialer, EndpointProbe endpoints, TimeProvider clock, CheckRequest request)
{
    private static readonly int[] Seconds = [15, 30, 60, 120, 180, 240, 300, 600, 900, 1800, 3600];

    public async ValueTask<IdleCheck?> RunAsync(Route route, HostPort destination, TimeSpan upTo, CancellationToken cancellationToken)
    {
        // The sensor's own intervals are tried too: whether they are survived is what counts.
        TimeSpan[] silences = [.. Seconds.Select(s => TimeSpan.FromSeconds(s)).Append(request.KeepAlive).Append(request.ShortestKeepAlive).Where(t => t < upTo).Append(upTo).Distinct()];
        var seen = await Task.WhenAll(silences.Select(s => TryAsync(route, destination, s, cancellationToken)));
        var known = seen.OfType<Silence>().ToArray();
        if (known.Length == 0)
        {
            return null;
        }

        var cut = known.Where(s => s.Cut).OrderBy(s => s.After).FirstOrDefault();
        var survived = known.Where(s => !s.Cut && (cut is null || s.After < cut.After)).Select(s => s.After).DefaultIfEmpty().Max();
        return new IdleCheck(survived, cut?.After, cut is { Silently: true });
    }

    private async Task<Silence?> TryAsync(Route route, HostPort destination, TimeSpan silence, CancellationToken cancellationToken)
    {
        var dial = await dialer.DialTlsAsync(route, destination, endpoints.Tls, cancellationToken);
        if (!dial.Succeeded)
        {
            return null;
        }

        await using var stream = dial.Stream;
        var started = clock.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var closed = WatchAsync(stream, stop.Token);
        var first = await Task.WhenAny(closed, Task.Delay(silence, clock, stop.Token));
        cancellationToken.ThrowIfCancellationRequested();
        if (first == closed && await closed)
        {
            return new Silence(clock.GetElapsedTime(started), Cut: true, Silently: false);
        }

        // A read that is under way belongs to the stream: the question is sent beside it and the watcher sees whether bytes come.
        var asked = await AskAsync(stream, closed, destination, cancellationToken);
        await stop.CancelAsync();
        return new Silence(silence, !asked, Silently: true);
    }

    private async ValueTask<bool> AskAsync(Stream stream, Task<bool> closed, HostPort destination, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10), clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await stream.WriteAsync(EndpointProbe.Request(destination), both.Token);
            await stream.FlushAsync(both.Token);
            return !await closed.WaitAsync(both.Token);
        }
        catch (Exception e) when (e is IOException or (OperationCanceledException and not null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    /// <summary>True when the stream ended, false when bytes came.</summary>
    private static async Task<bool> WatchAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(new byte[1], cancellationToken) == 0;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            return true;
        }
    }

    private sealed record Silence(TimeSpan After, bool Cut, bool Silently);
}
