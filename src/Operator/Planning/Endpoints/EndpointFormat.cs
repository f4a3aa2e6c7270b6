namespace Culvert.Planning;

/// <summary>Forms of the list of endpoints.</summary>
public enum EndpointFormat
{
    /// <summary>JSON, which can be read back, compared and signed.</summary>
    Json,

    /// <summary>Comma-separated values with a header (RFC 4180).</summary>
    Csv,

    /// <summary>A line <c>host:port</c> each.</summary>
    Text,

    /// <summary>Squid's acl lines.</summary>
    Squid,

    /// <summary>nftables sets of addresses.</summary>
    Nftables,

    /// <summary>An external dynamic list: a name a line, as PAN-OS, FortiGate and others fetch it.</summary>
    Edl,
}
