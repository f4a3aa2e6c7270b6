namespace Culvert.Storage;

/// <summary>Which devices are wanted; null members do not filter.</summary>
public sealed record DeviceQuery
{
    /// <summary>Of sensors of this site.</summary>
    public string? Site { get; init; }

    /// <summary>Seen in this zone.</summary>
    public string? Zone { get; init; }

    /// <summary>Seen by this sensor.</summary>
    public string? Sensor { get; init; }

    /// <summary>Of this type.</summary>
    public string? Type { get; init; }

    /// <summary>Of this vendor.</summary>
    public string? Vendor { get; init; }

    /// <summary>Speaking this protocol.</summary>
    public string? Protocol { get; init; }

    /// <summary>Authorized or not.</summary>
    public bool? Authorized { get; init; }

    /// <summary>Whose name, address, vendor, model, serial number or firmware contains this, whatever the letter case.</summary>
    public string? Text { get; init; }

    /// <summary>Order.</summary>
    public DeviceSort Sort { get; init; }

    /// <summary>Largest first.</summary>
    public bool Descending { get; init; }

    /// <summary>Which rows.</summary>
    public PageRequest Page { get; init; } = PageRequest.First;
}
