using System.Collections.Concurrent;
using Culvert.Outbox;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Uplink.Tests;

public sealed class RecordLaneTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-lane-");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
    private readonly ListLogger _log = new();
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<(long[] Sequences, DateTimeOffset At)> _sent = new();
    private OutboxStore _outbox = null!;
    private Task _lane = Task.CompletedTask;

    public async ValueTask InitializeAsync() => _outbox = await OutboxStore.OpenAsync(
        new OutboxOptions { Directory = _folder.FullName, ReserveBytes = 4096 }, TimeProvider.System, _log, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _lane.ContinueWith(_ => { }, TaskScheduler.Default);
        _outbox.Dispose();
        _end.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_batch_is_taken_out_only_after_the_cloud_said_yes_and_the_next_waits_for_it()
    {
        var answer = new TaskCompletionSource<SendOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        await AppendAsync(5);
        Run(new BatchLimits(3, 1 << 20, 1 << 20), (batch, token) => answer.Task.WaitAsync(token));
        await Until.TrueAsync(() => !_sent.IsEmpty, "the first batch is sent");
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(5, _outbox.Waiting);
        Assert.Single(_sent);

        answer.SetResult(new SendOutcome(SendResult.Accepted, 3));
        await Until.TrueAsync(() => _outbox.Waiting == 0, "all is delivered");
        Assert.Equal([[1, 2, 3], [4, 5]], _sent.Select(s => s.Sequences));
    }

    [Fact(Timeout = 60_000)]
    public async Task Only_as_many_as_were_sent_are_taken_out()
    {
        await AppendAsync(5);
        Run(new BatchLimits(100, 1 << 20, 1 << 20), (batch, _) => Task.FromResult(new SendOutcome(SendResult.Accepted, 2)));
        await Until.TrueAsync(() => _outbox.Waiting == 0, "all is delivered");
        Assert.Equal([[1, 2, 3, 4, 5], [3, 4, 5], [5]], _sent.Select(s => s.Sequences));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_fails_is_sent_again_in_order_after_waits_that_grow()
    {
        await AppendAsync(3);
        Run(new BatchLimits(100, 1 << 20, 1 << 20), (batch, _) => Task.FromResult(new SendOutcome(_sent.Count <= 8 ? SendResult.TryAgain : SendResult.Accepted, batch.Records.Count, null, "down")));
        await Until.TrueAsync(_clock, TimeSpan.FromMilliseconds(250), () => _outbox.Waiting == 0, "all is delivered");
        var first = _sent.Select(s => s.Sequences[0]).TakeWhile(s => s == 1).Count();
        Assert.InRange(first, 9, 10);
        var waits = _sent.Zip(_sent.Skip(1), (a, b) => (b.At - a.At).TotalSeconds).Take(8).ToList();
        for (var i = 0; i < waits.Count; i++)
        {
            // The clock goes on while the lane is busy, so a wait is never shorter than asked, and may be longer.
            Assert.True(waits[i] >= 0.25 * Math.Min(Math.Pow(2, i), 120), $"wait {i} was {waits[i]} s");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task After_losing_a_large_batch_again_and_again_smaller_ones_are_tried()
    {
        await AppendAsync(64);
        Run(new BatchLimits(64, 1 << 20, 1 << 20), (batch, _) => Task.FromResult(
            new SendOutcome(batch.Records.Count > 8 ? SendResult.TryAgain : SendResult.Accepted, batch.Records.Count, null, "lost")));
        await Until.TrueAsync(_clock, TimeSpan.FromSeconds(1), () => _outbox.Waiting == 0, "all is delivered");
    }

    [Fact(Timeout = 60_000)]
    public async Task The_cloud_asks_for_two_minutes_and_gets_them()
    {
        await AppendAsync(1);
        Run(new BatchLimits(64, 1 << 20, 1 << 20), (batch, _) => Task.FromResult(
            new SendOutcome(_sent.Count == 1 ? SendResult.TryAgain : SendResult.Accepted, 1, TimeSpan.FromMinutes(2), "429")));
        await Until.TrueAsync(_clock, TimeSpan.FromSeconds(1), () => _outbox.Waiting == 0, "it is delivered");
        var times = _sent.Select(s => s.At).ToList();
        Assert.Equal(2, times.Count);
        Assert.True(times[1] - times[0] >= TimeSpan.FromMinutes(2), $"{times[1] - times[0]}");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    public async Task One_record_that_the_cloud_never_takes_is_found_counted_and_passed_over(int bad)
    {
        await AppendAsync(16);
        var delivered = new ConcurrentQueue<long>();
        Run(new BatchLimits(64, 1 << 20, 1 << 20), (batch, _) =>
        {
            var poisoned = batch.Records.Any(r => r.Sequence == bad);
            if (!poisoned)
            {
                batch.Records.ToList().ForEach(r => delivered.Enqueue(r.Sequence));
            }

            return Task.FromResult(new SendOutcome(poisoned ? SendResult.Malformed : SendResult.Accepted, batch.Records.Count, null, "400"));
        });
        await Until.TrueAsync(() => _outbox.Waiting == 0, "all that can be is delivered");
        Assert.Equal(Enumerable.Range(1, 16).Where(n => n != bad).Select(n => (long)n), delivered);
        var health = await _outbox.ReadHealthAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, health.Dropped[RecordStream.Traffic]);
    }

    private Task AppendAsync(int count) => _outbox.AppendAsync([.. Enumerable.Range(1, count).Select(n => TestParts.Numbered(RecordStream.Traffic, n))], null, CancellationToken.None);

    private void Run(BatchLimits limits, Func<WaitingBatch, CancellationToken, Task<SendOutcome>> send)
    {
        var lane = new RecordLane(
            RecordStream.Traffic,
            limits,
            _outbox,
            (batch, token) =>
            {
                _sent.Enqueue(([.. batch.Records.Select(r => r.Sequence)], _clock.GetUtcNow()));
                return send(batch, token);
            },
            new LaneContext(_clock, new Random(3), _log, TestParts.Metrics(), null));
        _lane = lane.RunAsync(_end.Token);
    }
}
