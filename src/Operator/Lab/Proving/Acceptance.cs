namespace Culvert.Lab;

/// <summary>What <c>lab test</c> proved, for people who decide about a change and for machines.</summary>
public sealed record Acceptance
{
    /// <summary>What kind of document this is.</summary>
    public string Kind { get; init; } = "culvert-lab-acceptance";

    /// <summary>The form's version.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>The site's name.</summary>
    public required string Site { get; init; }

    /// <summary>What people call it.</summary>
    public required string DisplayName { get; init; }

    /// <summary>SHA-256 of the site file that was rehearsed, in hexadecimal.</summary>
    public required string SiteFileSha256 { get; init; }

    /// <summary>When the test began.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The connection method that planning chose.</summary>
    public required string Method { get; init; }

    /// <summary>What was played, and how, where it is not what will be installed.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The zones, top first, with their hosts.</summary>
    public required IReadOnlyList<AcceptanceZone> Map { get; init; }

    /// <summary>The ways of the sensors on that map, each from the sensor to the cloud with the zones it passes.</summary>
    public IReadOnlyList<string> Ways { get; init; } = [];

    /// <summary>Every check, in order.</summary>
    public required IReadOnlyList<AcceptanceCheck> Checks { get; init; }

    /// <summary>Every planned rule, with its uses by the sensors' own traffic.</summary>
    public required IReadOnlyList<RuleCounter> Rules { get; init; }

    /// <summary>Whether every check passed.</summary>
    public bool Passed => Checks.All(c => c.Passed);
}

/// <summary>A zone on the map.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Level">Its Purdue level, a cloud's name, or "internet".</param>
/// <param name="Hosts">What stands in it.</param>
public sealed record AcceptanceZone(string Name, string Level, IReadOnlyList<string> Hosts);

/// <summary>One thing that was proved, or not.</summary>
/// <param name="Area">routes, failover, sweep, delivery.</param>
/// <param name="Name">What is claimed.</param>
/// <param name="Passed">Whether it holds.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Seconds">How long a failover took; null for other checks.</param>
public sealed record AcceptanceCheck(string Area, string Name, bool Passed, string Detail, double? Seconds = null);
