namespace Culvert.Storage;

/// <summary>Which sensors are wanted; null members do not filter.</summary>
public sealed record SensorQuery
{
    /// <summary>Of this site.</summary>
    public string? Site { get; init; }

    /// <summary>Of this zone.</summary>
    public string? Zone { get; init; }

    /// <summary>In this connection state.</summary>
    public ConnectionState? Connection { get; init; }

    /// <summary>In this state.</summary>
    public SensorState? State { get; init; }

    /// <summary>Whose name, site, zone or version contains this, whatever the letter case.</summary>
    public string? Text { get; init; }

    /// <summary>Order.</summary>
    public SensorSort Sort { get; init; }

    /// <summary>Largest first.</summary>
    public bool Descending { get; init; }

    /// <summary>Which rows.</summary>
    public PageRequest Page { get; init; } = PageRequest.First;
}
