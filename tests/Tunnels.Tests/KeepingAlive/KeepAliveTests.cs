using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tunnels.Tests;

public sealed class KeepAliveTests : IDisposable
{
    private static readonly KeepAliveOptions Options = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-alive-").FullName;
    private string _way = "main";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(15)]
    [InlineData(20)]
    [InlineData(24)]
    public void A_way_that_is_cut_when_idle_loses_two_sessions_and_then_none(int idleTimeout)
    {
        var learner = Make();
        var lost = 0;
        for (var hour = 0; hour < 20; hour++)
        {
            lost += Session(learner, TimeSpan.FromSeconds(idleTimeout)) ? 1 : 0;
        }

        Assert.Equal(2, lost);
        Assert.True(learner.Interval < TimeSpan.FromSeconds(idleTimeout));
        Assert.True(learner.Interval >= Options.Shortest);
    }

    [Fact]
    public void A_way_without_idle_timeout_keeps_the_usual_interval()
    {
        var learner = Make();
        Assert.False(Session(learner, TimeSpan.FromMinutes(15)));
        Assert.Equal(Options.Usual, learner.Interval);
    }

    [Fact]
    public void One_cut_or_cuts_of_different_lengths_or_in_the_middle_of_traffic_teach_nothing()
    {
        var learner = Make();
        Assert.False(learner.Cut(TimeSpan.FromSeconds(24)));
        Assert.False(learner.Cut(TimeSpan.FromSeconds(13)));
        Assert.False(learner.Cut(TimeSpan.FromSeconds(2)));
        Assert.False(learner.Cut(TimeSpan.FromSeconds(2)));
        Assert.Equal(Options.Usual, learner.Interval);
    }

    [Fact]
    public void A_silence_that_was_survived_clears_the_suspicion()
    {
        var learner = Make();
        learner.Cut(TimeSpan.FromSeconds(20));
        learner.Survived(TimeSpan.FromSeconds(22));
        Assert.False(learner.Cut(TimeSpan.FromSeconds(20)));
        Assert.Equal(Options.Usual, learner.Interval);
    }

    [Fact]
    public void Each_way_has_its_own_and_a_restart_forgets_nothing()
    {
        var file = Path.Combine(_folder, "idle.json");
        var learner = Make(file);
        learner.Cut(TimeSpan.FromSeconds(20));
        Assert.True(learner.Cut(TimeSpan.FromSeconds(19)));
        Assert.Equal(13.3, learner.Interval.TotalSeconds, 0.01);
        _way = "other";
        Assert.Equal(Options.Usual, learner.Interval);
        _way = "main";
        var again = Make(file);
        Assert.Equal(13.3, again.Interval.TotalSeconds, 0.01);
        Assert.Equal(TimeSpan.FromSeconds(19), again.ShortestCut("main"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("{\"main\":null}")]
    [InlineData("{\"main\":{\"ShortestCut\":\"-00:00:01\",\"SeenAt\":\"2026-01-01T00:00:00+00:00\"}}")]
    public void A_damaged_file_counts_as_empty(string content)
    {
        var file = Path.Combine(_folder, "idle.json");
        File.WriteAllText(file, content);
        Assert.Equal(Options.Usual, Make(file).Interval);
    }

    [Fact]
    public void What_was_learned_is_doubted_after_a_day_and_learned_again_where_it_still_holds()
    {
        var learner = Make();
        learner.Cut(TimeSpan.FromSeconds(20));
        learner.Cut(TimeSpan.FromSeconds(20));
        Assert.Equal(14, learner.Interval.TotalSeconds, 0.01);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(21, learner.Interval.TotalSeconds, 0.01);
        Assert.True(learner.Cut(TimeSpan.FromSeconds(20)));
        Assert.Equal(14, learner.Interval.TotalSeconds, 0.01);
        _clock.Advance(TimeSpan.FromDays(1));
        learner.Survived(TimeSpan.FromSeconds(21));
        Assert.Equal(Options.Usual, learner.Interval);
    }

    [Fact]
    public void A_question_without_an_answer_counts_the_silence_before_it()
    {
        var learner = Make();
        for (var i = 0; i < 2; i++)
        {
            var watch = new SilenceWatch(learner, _clock);
            watch.Sent();
            watch.Received();
            _clock.Advance(TimeSpan.FromSeconds(20));
            watch.Sent();
            _clock.Advance(TimeSpan.FromSeconds(60));
            watch.Sent();
            Assert.Equal(i == 1 ? TimeSpan.FromSeconds(20) : null, watch.Lost());
            Assert.Null(watch.Lost());
        }

        Assert.Equal(14, learner.Interval.TotalSeconds, 0.01);
    }

    /// <summary>An hour of a session that says something at each interval, over a way that is cut after so much silence; whether it was lost.</summary>
    private bool Session(KeepAliveLearner learner, TimeSpan idleTimeout)
    {
        var watch = new SilenceWatch(learner, _clock);
        var interval = learner.Interval;
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromHours(1); passed += interval)
        {
            if (interval >= idleTimeout)
            {
                // The reset comes at once, or the question goes into the void.
                _clock.Advance(idleTimeout);
                watch.Lost();
                return true;
            }

            _clock.Advance(interval);
            watch.Sent();
            watch.Received();
        }

        return false;
    }

    private KeepAliveLearner Make(string? file = null) => new(Options, _clock, () => _way, file);
}
