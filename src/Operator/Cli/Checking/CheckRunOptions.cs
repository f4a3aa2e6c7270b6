namespace Culvert.Cli;

/// <summary>How <c>culvert check</c> is to run and to tell.</summary>
internal sealed record CheckRunOptions
{
    public bool Json { get; init; }

    public bool Strict { get; init; }

    public bool LeastPrivilege { get; init; }

    public TimeSpan? IdleUpTo { get; init; }

    public TimeSpan? WatchEvery { get; init; }

    public string? Bundle { get; init; }
}
