namespace Culvert.PortalHost;

/// <summary>How a change that somebody asked for ended.</summary>
/// <typeparam name="T">What it gives when done.</typeparam>
/// <param name="Outcome">How it ended.</param>
/// <param name="Value">What it gives; null when it was not done.</param>
/// <param name="Mistakes">What is wrong with what was asked, all at once; empty otherwise.</param>
public sealed record ChangeOutcome<T>(Storage.StoreOutcome Outcome, T? Value, IReadOnlyList<string> Mistakes)
    where T : class
{
    /// <summary>Whether it was done.</summary>
    public bool IsDone => Value is not null;

    /// <summary>It was done.</summary>
    /// <param name="value">What it gives.</param>
    internal static ChangeOutcome<T> Done(T value) => new(Storage.StoreOutcome.Done, value, []);

    /// <summary>It was not done.</summary>
    /// <param name="outcome">Why.</param>
    /// <param name="mistakes">What is wrong with what was asked.</param>
    internal static ChangeOutcome<T> Refused(Storage.StoreOutcome outcome, params IReadOnlyList<string> mistakes) => new(outcome, null, mistakes);
}
