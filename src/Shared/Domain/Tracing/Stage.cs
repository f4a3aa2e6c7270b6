namespace Culvert;

/// <summary>A stage of opening a tunnel. The first five belong to a hop, the last two to the cloud endpoint (which has resolve and connect too when the route is direct).</summary>
public enum Stage
{
    /// <summary>Finding the address of a name.</summary>
    Resolve,

    /// <summary>Opening the TCP connection.</summary>
    Connect,

    /// <summary>The TLS handshake with an <c>https</c> hop.</summary>
    ProxyTls,

    /// <summary>Proving who we are to a hop.</summary>
    Authenticate,

    /// <summary>Asking a hop for the next stretch (CONNECT, or the SOCKS request).</summary>
    Request,

    /// <summary>The TLS handshake with the cloud endpoint, end to end.</summary>
    Tls,

    /// <summary>The first exchange with the cloud service.</summary>
    Service,
}
