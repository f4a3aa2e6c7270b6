namespace Culvert.Tunnels;

/// <summary>One member of a Proxy-Status field (RFC 9209, section 2): what one intermediary says about the exchange.</summary>
public sealed record ProxyStatusEntry
{
    /// <summary>The name of the intermediary.</summary>
    public required string Proxy { get; init; }

    /// <summary>The error type, as <c>connection_refused</c> (section 2.3); null when it saw none.</summary>
    public string? Error { get; init; }

    /// <summary>Where it went next: a host, an address or a parent's name.</summary>
    public string? NextHop { get; init; }

    /// <summary>The status code it received from the next hop.</summary>
    public int? ReceivedStatus { get; init; }

    /// <summary>The DNS response code, with <c>dns_error</c> (section 2.3.2).</summary>
    public string? ResponseCode { get; init; }

    /// <summary>Free text.</summary>
    public string? Details { get; init; }
}
