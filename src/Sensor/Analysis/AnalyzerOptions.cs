namespace Culvert.Analysis;

/// <summary>Settings and limits of one <see cref="TrafficAnalyzer"/>.</summary>
public sealed record AnalyzerOptions
{
    /// <summary>The zone of this source: the identity boundary of its devices.</summary>
    public required string Zone { get; init; }

    /// <summary>Learning: what is seen is taken as normal, and policy alerts are not raised.</summary>
    public bool Learning { get; init; }

    /// <summary>Learning only for this long from the first packet, in the capture's time; then operational. Zero for none.</summary>
    public TimeSpan LearningPeriod { get; init; }

    /// <summary>Most devices kept; further ones are counted and not kept. 10,000 is the largest appliance profile's order of size.</summary>
    public int MaxDevices { get; init; } = 16_384;

    /// <summary>Most conversations kept for recognition; the oldest goes first.</summary>
    public int MaxFlows { get; init; } = 65_536;

    /// <summary>Most (source, destination, protocol) rows of one interval; the rest is summed under "other".</summary>
    public int MaxTrafficRows { get; init; } = 32_768;

    /// <summary>Most alerts kept open at once; the oldest is closed first.</summary>
    public int MaxOpenAlerts { get; init; } = 4_096;

    /// <summary>Length of a traffic interval in seconds of the capture's time, 1 to 3600.</summary>
    public int TrafficIntervalSeconds { get; init; } = 10;

    /// <summary>Shortest time between two records of one device or alert that only count on (last seen, occurrences).</summary>
    public TimeSpan RepeatInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Threat intelligence in use.</summary>
    public ThreatIntelligence ThreatIntelligence { get; init; } = ThreatIntelligence.None;
}
