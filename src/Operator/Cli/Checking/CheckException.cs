namespace Culvert.Cli;

/// <summary>A check cannot be made of what was given.</summary>
internal sealed class CheckException(int status, string message, IReadOnlyList<string>? details = null) : Exception(message)
{
    /// <summary>See <see cref="ExitCode"/>.</summary>
    public int Status => status;

    /// <summary>Every mistake, a line each.</summary>
    public IReadOnlyList<string> Details => details ?? [];
}
