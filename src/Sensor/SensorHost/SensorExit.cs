namespace Culvert.SensorHost;

/// <summary>What the exit status of <c>culvert-sensor</c> means. Kept in docs/operations/sensor.md; a test compares.</summary>
internal static class SensorExit
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A file given is missing or has mistakes; each is named.</summary>
    public const int BadFile = 3;

    /// <summary>The data folder cannot be used: no permission, or another sensor runs in it.</summary>
    public const int FolderUnusable = 4;

    /// <summary>The sensor is not activated.</summary>
    public const int NotActivated = 5;

    /// <summary>The activation file was altered, or is signed by somebody else than it says.</summary>
    public const int Altered = 10;

    /// <summary>The activation file has expired.</summary>
    public const int Expired = 11;

    /// <summary>The activation file was used before.</summary>
    public const int Used = 12;

    /// <summary>The sensor was revoked or deleted.</summary>
    public const int Revoked = 13;

    /// <summary>The clock differs too much from the cloud's.</summary>
    public const int ClockOff = 14;

    /// <summary>The activation file is not the newest one of this sensor.</summary>
    public const int Replaced = 15;

    /// <summary>The cloud cannot be reached; the hop, the stage and the cause are named.</summary>
    public const int Unreachable = 16;

    /// <summary>Somebody on the way terminates TLS.</summary>
    public const int Intercepted = 17;

    /// <summary>The cloud refuses for another reason, which is shown.</summary>
    public const int Refused = 18;

    /// <summary>Stopped by Ctrl-C or SIGTERM before it was done.</summary>
    public const int Interrupted = 130;
}
