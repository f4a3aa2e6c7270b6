namespace Culvert.Lab;

/// <summary>What is to be started on a host.</summary>
internal sealed record HostProgramStart
{
    /// <summary>Debian's libfaketime for programs with threads.</summary>
    public const string FakeTimeLibrary = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>What people call the program.</summary>
    public required string Name { get; init; }

    /// <summary>The program's path.</summary>
    public required string Program { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables besides ours.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where all it says is kept.</summary>
    public required string Log { get; init; }

    /// <summary>The host's resolv.conf.</summary>
    public required string ResolvConf { get; init; }

    /// <summary>The host's hosts file.</summary>
    public required string Hosts { get; init; }

    /// <summary>Whether it runs as a user that is not root.</summary>
    public bool AsOther { get; init; }

    /// <summary>Told every line it says as it says it; null for nobody.</summary>
    public Action<string>? Hear { get; init; }

    /// <summary>How far its clock is off, as libfaketime reads it; null when it is right.</summary>
    public string? ClockOffset { get; init; }
}
