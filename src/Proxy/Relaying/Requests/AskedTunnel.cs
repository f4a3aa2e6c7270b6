namespace Culvert.Relaying;

/// <summary>What a client asks for in a well-formed CONNECT request.</summary>
public sealed class AskedTunnel
{
    /// <summary>Where the tunnel is to lead.</summary>
    public required HostPort Destination { get; init; }

    /// <summary>The value of Proxy-Authorization; null when absent. A secret: never logged.</summary>
    public string? Authorization { get; init; }

    /// <summary>The value of Via, several fields joined; null when absent.</summary>
    public string? Via { get; init; }
}
