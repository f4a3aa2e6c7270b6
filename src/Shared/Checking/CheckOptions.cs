namespace Culvert.Checking;

/// <summary>How far a check goes. The defaults are what a sensor may do by itself at any time; the rest is for a person who asks.</summary>
public sealed record CheckOptions
{
    /// <summary>Longest wait for an answer to a question that the product itself does not ask. Longer than the product's own deadlines, so that slow and silent can be told apart.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A certificate that ends within this is told.</summary>
    public TimeSpan ExpiryWarning { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The sensor renews its own certificate; only when it has not done so this long before the end, it is told.</summary>
    public TimeSpan IdentityExpiryWarning { get; init; } = TimeSpan.FromDays(7);

    /// <summary>A clock that differs by more is told.</summary>
    public TimeSpan ClockWarning { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A clock that differs by more cannot enrol at a portal.</summary>
    public TimeSpan ClockLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether a request of 20 KiB is sent besides a small one, to see whether full-size packets pass and how fast.</summary>
    public bool LargeRequests { get; init; } = true;

    /// <summary>Whether each proxy is asked for a port and a host that are not on the list, and answers are expected to be refusals. Leaves lines in the proxies' logs.</summary>
    public bool LeastPrivilege { get; init; }

    /// <summary>Up to how much silence the ways are tried; null leaves it out. The check takes at least this long.</summary>
    public TimeSpan? IdleUpTo { get; init; }

    /// <summary>Tunnels that are opened at the same time.</summary>
    public int Parallel { get; init; } = 4;
}
