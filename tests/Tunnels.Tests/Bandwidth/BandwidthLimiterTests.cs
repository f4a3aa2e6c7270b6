using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tunnels.Tests;

public sealed class BandwidthLimiterTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Less_than_350_kbit_per_second_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BandwidthLimiter(349, _clock));
        using var limiter = new BandwidthLimiter(350, _clock);
        Assert.Throws<ArgumentOutOfRangeException>(() => limiter.Kbps = 100);
        Assert.Equal(1500, BandwidthLimiter.DefaultKbps);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(350)]
    [InlineData(1500)]
    public async Task What_leaves_stays_under_the_cap_and_near_it(int kbps)
    {
        using var limiter = new BandwidthLimiter(kbps, _clock);
        await using var stream = limiter.Limit(Stream.Null);
        var bytes = kbps * 125 * 10; // ten seconds' worth
        var started = _clock.GetUtcNow();
        await FinishAsync(limiter, 1, WriteAsync(stream, bytes));
        var seconds = (_clock.GetUtcNow() - started).TotalSeconds;
        // A quarter of a second was saved up; steps of the clock and chunks cost a little.
        Assert.InRange(seconds, 9.5, 13);
        Assert.Equal(bytes, limiter.BytesSent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Services_share_evenly_and_none_waits_for_another_to_end()
    {
        using var limiter = new BandwidthLimiter(1500, _clock);
        CloudService[] services = [CloudService.EventHubs, CloudService.Blob, CloudService.Downloads];
        var sent = await FloodAsync(limiter, [.. services.Select(s => (CloudService?)s)], TimeSpan.FromSeconds(20));
        Assert.All(sent, s => Assert.InRange(s / (double)sent.Sum(), 0.28, 0.39));
    }

    [Fact(Timeout = 60_000)]
    public async Task Telemetry_gets_the_smallest_share_and_not_nothing()
    {
        using var limiter = new BandwidthLimiter(1500, _clock);
        var sent = await FloodAsync(limiter, [CloudService.EventHubs, CloudService.Blob, CloudService.Telemetry], TimeSpan.FromSeconds(20));
        Assert.InRange(sent[2] / (double)sent.Sum(), 0.08, 0.15);
    }

    [Fact(Timeout = 60_000)]
    public async Task Many_streams_of_one_service_get_no_more_than_one_of_another()
    {
        using var limiter = new BandwidthLimiter(1500, _clock);
        var sent = await FloodAsync(limiter, [CloudService.Blob, CloudService.Blob, CloudService.Blob, CloudService.Blob, CloudService.EventHubs], TimeSpan.FromSeconds(20));
        Assert.InRange(sent[4] / (double)sent.Sum(), 0.42, 0.58);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_alert_goes_before_everything_that_waits()
    {
        using var limiter = new BandwidthLimiter(350, _clock);
        using var end = new CancellationTokenSource();
        var uploads = Enumerable.Range(0, 8).Select(_ => KeepWritingAsync(limiter, CloudService.Blob, end.Token)).ToArray();
        await AdvanceAsync(limiter, 8, TimeSpan.FromSeconds(5));
        await using var hub = limiter.Limit(Stream.Null, CloudService.IotHub);
        var started = _clock.GetUtcNow();
        await FinishAsync(limiter, 9, WriteAsync(hub, 1000));
        // Behind eight uploads in one line it would be half a second: eight chunks of 2.7 kB at 44 kB/s.
        Assert.InRange((_clock.GetUtcNow() - started).TotalSeconds, 0, 0.2);
        await end.CancelAsync();
        await Task.WhenAll(uploads);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_flood_of_alerts_leaves_the_others_a_part()
    {
        using var limiter = new BandwidthLimiter(1500, _clock);
        var sent = await FloodAsync(limiter, [CloudService.IotHub, CloudService.EventHubs], TimeSpan.FromSeconds(30));
        Assert.InRange(sent[1] / (double)sent.Sum(), 0.08, 0.2);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_writer_that_gives_up_holds_nobody_up()
    {
        using var limiter = new BandwidthLimiter(350, _clock);
        using var end = new CancellationTokenSource();
        var first = KeepWritingAsync(limiter, CloudService.Blob, end.Token);
        await AdvanceAsync(limiter, 1, TimeSpan.FromSeconds(2));
        await end.CancelAsync();
        await first;
        await using var stream = limiter.Limit(Stream.Null, CloudService.Blob);
        await FinishAsync(limiter, 1, WriteAsync(stream, 5000));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_cap_can_be_changed_while_bytes_wait()
    {
        using var limiter = new BandwidthLimiter(350, _clock);
        await using var stream = limiter.Limit(Stream.Null);
        var write = WriteAsync(stream, 1_000_000);
        await AdvanceAsync(limiter, 1, TimeSpan.FromSeconds(1));
        limiter.Kbps = 1_000_000;
        var started = _clock.GetUtcNow();
        await FinishAsync(limiter, 1, write);
        Assert.InRange((_clock.GetUtcNow() - started).TotalSeconds, 0, 10);
        limiter.Kbps = 350;
        Assert.Equal(350, limiter.Kbps);
    }

    [Fact(Timeout = 60_000)]
    public async Task Those_who_wait_when_the_limiter_ends_are_told()
    {
        var limiter = new BandwidthLimiter(350, _clock);
        await using var stream = limiter.Limit(Stream.Null);
        var write = WriteAsync(stream, 1_000_000);
        limiter.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => write);
    }

    private static async Task<bool> WriteAsync(Stream stream, int bytes)
    {
        await stream.WriteAsync(new byte[bytes]);
        return true;
    }

    private static async Task<long> KeepWritingAsync(BandwidthLimiter limiter, CloudService? service, CancellationToken end)
    {
        await using var stream = limiter.Limit(Stream.Null, service);
        var chunk = new byte[limiter.MaxChunk];
        long sent = 0;
        try
        {
            while (true)
            {
                await stream.WriteAsync(chunk, end);
                sent += chunk.Length;
            }
        }
        catch (OperationCanceledException)
        {
            return sent;
        }
    }

    private async Task<long[]> FloodAsync(BandwidthLimiter limiter, CloudService?[] services, TimeSpan length)
    {
        using var end = new CancellationTokenSource();
        var writers = services.Select(s => KeepWritingAsync(limiter, s, end.Token)).ToArray();
        await AdvanceAsync(limiter, services.Length, length);
        await end.CancelAsync();
        return await Task.WhenAll(writers);
    }

    /// <summary>Moves the clock only while all writers stand in the queue, until one of them is done: what a busy machine delays costs no time of the clock.</summary>
    private async Task FinishAsync(BandwidthLimiter limiter, int writers, Task write)
    {
        using var limit = Dials.Limit();
        while (!write.IsCompleted)
        {
            if (limiter.Waiting >= writers)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(10));
            }

            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await write;
    }

    /// <summary>In steps that grant one chunk at most; each waits until every writer stands in the queue again.</summary>
    private async Task AdvanceAsync(BandwidthLimiter limiter, int writers, TimeSpan length)
    {
        using var limit = Dials.Limit();
        for (var passed = TimeSpan.Zero; passed < length; passed += TimeSpan.FromMilliseconds(25))
        {
            while (limiter.Waiting < writers)
            {
                limit.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }

            _clock.Advance(TimeSpan.FromMilliseconds(25));
        }
    }
}
