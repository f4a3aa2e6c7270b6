namespace Culvert.SensorHost;

/// <summary>Where traffic comes from: a capture file or an interface, exactly one of them.</summary>
internal sealed record SensorSource
{
    /// <summary>The capture's full path; null for an interface.</summary>
    public string? Capture { get; init; }

    /// <summary>The interface; null for a capture.</summary>
    public string? Interface { get; init; }

    /// <summary>The zone whose traffic it is: the identity boundary of devices. Sources of one zone are analysed together.</summary>
    public required string Zone { get; init; }

    /// <summary>How many times faster than recorded a capture is replayed; 0 for as fast as possible.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>What a person knows it by.</summary>
    public string Name => Interface ?? Path.GetFileName(Capture!);
}
