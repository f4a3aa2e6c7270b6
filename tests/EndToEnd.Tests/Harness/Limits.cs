namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>How long a test waits: long enough for a machine that does much else, and never without end.</summary>
internal static class Limits
{
    /// <summary>For a program to start and say so.</summary>
    public static readonly TimeSpan Start = TimeSpan.FromSeconds(90);

    /// <summary>For a condition to come true.</summary>
    public static readonly TimeSpan Condition = TimeSpan.FromSeconds(60);

    /// <summary>For a whole replay to be delivered.</summary>
    public static readonly TimeSpan Delivery = TimeSpan.FromMinutes(3);

    /// <summary>Between two looks at a condition.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Polls until the condition holds; fails with the words otherwise.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > (limit ?? Condition))
            {
                throw new TimeoutException($"Not within {limit ?? Condition}: {what}");
            }

            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }
    }
}
