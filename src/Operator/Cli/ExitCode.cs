namespace Culvert.Cli;

/// <summary>What the exit status of <c>culvert</c> means, the same for every command. Kept in docs/operations/cli.md; a test compares.</summary>
internal static class ExitCode
{
    /// <summary>Done, and nothing to complain of.</summary>
    public const int Fine = 0;

    /// <summary>Done, and something was found: a fault in a configuration, a difference.</summary>
    public const int Found = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A file given is missing or has mistakes; each is named with its line.</summary>
    public const int BadFile = 3;

    /// <summary>This machine lacks something: a program, a free port, a permission.</summary>
    public const int Machine = 4;

    /// <summary>A program that was started failed.</summary>
    public const int Failed = 5;

    /// <summary>A check found that the cloud cannot be reached at all.</summary>
    public const int NoWay = 6;

    /// <summary>Stopped by Ctrl-C or SIGTERM before it was done.</summary>
    public const int Interrupted = 130;
}
