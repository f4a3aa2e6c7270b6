namespace Culvert.Cli;

/// <summary>The demo cannot go on, for a reason that a person can read and act on.</summary>
internal sealed class DemoException(int status, string message, IReadOnlyList<string>? details = null) : Exception(message)
{
    /// <summary>The exit status; see <see cref="ExitCode"/>.</summary>
    public int Status => status;

    /// <summary>Further lines, such as the last that a program said.</summary>
    public IReadOnlyList<string> Details => details ?? [];
}
