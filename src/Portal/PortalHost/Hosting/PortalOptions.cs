using System.Net;

namespace Culvert.PortalHost;

/// <summary>How the portal runs.</summary>
public sealed record PortalOptions
{
    /// <summary>Folder of keys, database and blobs.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where it listens; port 0 takes any free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 443);

    /// <summary>Where it listens for MQTT over TLS (IANA port 8883); null for not at all. WebSocket on <see cref="Listen"/> needs no port of its own.</summary>
    public IPEndPoint? MqttListen { get; init; }

    /// <summary>Exact names that sensors and browsers know it by; the first one goes into activation files.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = ["localhost"];

    /// <summary>Port that goes into activation files, where something in front changes it; null for the port it listens on.</summary>
    public int? PublicPort { get; init; }

    /// <summary>Given certificate (PEM, with intermediates); null for one issued by the portal's own CA.</summary>
    public ClientCertificateFiles? Certificate { get; init; }

    /// <summary>PEM of the CA that signs <see cref="Certificate"/>; goes into activation files beside the portal's own root.</summary>
    public string? CertificateTrustFile { get; init; }

    /// <summary>Silence after which a sensor is Disconnected, at least; three heartbeats when that is longer.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(60);
}
