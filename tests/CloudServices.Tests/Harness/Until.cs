namespace Culvert.CloudServices.Tests;

/// <summary>Waits for conditions, with a limit that fails the test.</summary>
public static class Until
{
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(50);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, int pauseMilliseconds = 10)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Limit, $"Not within {Limit.TotalSeconds} s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(pauseMilliseconds), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Moves a fake clock in small steps until the condition holds, so that a timer which is set between two steps is seen by the next.</summary>
    public static Task TrueAsync(Microsoft.Extensions.Time.Testing.FakeTimeProvider clock, TimeSpan step, Func<bool> condition, string what) => TrueAsync(
        () =>
        {
            if (condition())
            {
                return Task.FromResult(true);
            }

            clock.Advance(step);
            return Task.FromResult(false);
        },
        what,
        pauseMilliseconds: 1);
}
