namespace Culvert.SensorHost;

/// <summary>The sensor cannot go on, for a reason that a person can read and act on.</summary>
/// <param name="status">The exit status; see <see cref="SensorExit"/>.</param>
/// <param name="message">The reason, and what to do.</param>
/// <param name="details">Further lines, such as a trace.</param>
internal sealed class SensorException(int status, string message, IReadOnlyList<string>? details = null) : Exception(message)
{
    /// <summary>The exit status; see <see cref="SensorExit"/>.</summary>
    public int Status => status;

    /// <summary>Further lines, such as a trace.</summary>
    public IReadOnlyList<string> Details => details ?? [];
}
