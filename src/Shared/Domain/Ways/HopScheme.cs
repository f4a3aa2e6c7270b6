namespace Culvert;

/// <summary>The protocol spoken to a hop.</summary>
public enum HopScheme
{
    /// <summary>HTTP CONNECT over TCP (RFC 9110, section 9.3.6).</summary>
    Http,

    /// <summary>HTTP CONNECT over TLS.</summary>
    Https,

    /// <summary>SOCKS version 5 (RFC 1928).</summary>
    Socks5,
}
