namespace Culvert;

/// <summary>Why a stage failed: one catalogue for the dialer, the proxy, the checks and the portal. Each member has a section in docs/operations/causes.md.</summary>
public enum Cause
{
    /// <summary>It did not fail.</summary>
    None,

    /// <summary>The resolver answered that the name does not exist.</summary>
    NameNotFound,

    /// <summary>No resolver answered in time.</summary>
    ResolverUnreachable,

    /// <summary>The connection was refused (TCP reset on SYN).</summary>
    ConnectionRefused,

    /// <summary>Nothing answered: packets are dropped silently.</summary>
    ConnectionTimedOut,

    /// <summary>No route to the host or network.</summary>
    NetworkUnreachable,

    /// <summary>The connection was reset after it had been opened.</summary>
    ConnectionReset,

    /// <summary>The connection was closed without an answer.</summary>
    ConnectionClosed,

    /// <summary>The connection was opened, but no answer came within the stage's deadline.</summary>
    NoAnswer,

    /// <summary>What answered is not a proxy.</summary>
    NotAProxy,

    /// <summary>A captive portal or block page answered.</summary>
    BlockPage,

    /// <summary>The hop asks for credentials and none are set (407).</summary>
    CredentialsMissing,

    /// <summary>The hop refuses the credentials that are set (407 again).</summary>
    CredentialsWrong,

    /// <summary>Credentials are set, but the hop does not want any.</summary>
    CredentialsUnnecessary,

    /// <summary>The hop offers no authentication scheme that we have.</summary>
    AuthenticationSchemeUnsupported,

    /// <summary>The hop refuses this destination or source by its policy (403).</summary>
    DestinationRefused,

    /// <summary>The hop could not reach what comes after it (502).</summary>
    UpstreamUnreachable,

    /// <summary>The hop has no working parent (503).</summary>
    NoParent,

    /// <summary>What comes after the hop did not answer it in time (504).</summary>
    UpstreamTimedOut,

    /// <summary>The hop has reached one of its limits (429, or 503 with its limit named).</summary>
    HopOverloaded,

    /// <summary>The hop found itself in the chain already, or too many hops.</summary>
    LoopDetected,

    /// <summary>The answer breaks the protocol.</summary>
    MalformedAnswer,

    /// <summary>The hop answered with another status.</summary>
    UnexpectedStatus,

    /// <summary>The hop's certificate is not signed by a CA that is trusted for it.</summary>
    ProxyCertificateUntrusted,

    /// <summary>The hop's certificate has expired.</summary>
    ProxyCertificateExpired,

    /// <summary>The hop's certificate is not valid yet: a clock is off.</summary>
    ProxyCertificateNotYetValid,

    /// <summary>The hop's certificate is for another name.</summary>
    ProxyCertificateWrongName,

    /// <summary>The hop's key is not one of those pinned.</summary>
    ProxyPinMismatch,

    /// <summary>The hop has no TLS version or AES-256-GCM suite in common with us.</summary>
    ProxyTlsTooWeak,

    /// <summary>The hop asks for a client certificate and none is set.</summary>
    ProxyClientCertificateMissing,

    /// <summary>The hop refuses the client certificate that is set.</summary>
    ProxyClientCertificateRefused,

    /// <summary>The TLS handshake with the hop failed in another way.</summary>
    ProxyTlsFailed,

    /// <summary>Somebody on the way terminates TLS: the certificate is from another issuer than the cloud's.</summary>
    Intercepted,

    /// <summary>The endpoint's certificate is not signed by a CA that is trusted for the cloud.</summary>
    CertificateUntrusted,

    /// <summary>The endpoint's certificate has expired.</summary>
    CertificateExpired,

    /// <summary>The endpoint's certificate is not valid yet, or the cloud says our clock is off.</summary>
    ClockOff,

    /// <summary>The endpoint's certificate is for another name.</summary>
    CertificateWrongName,

    /// <summary>The endpoint has no TLS version or AES-256-GCM suite in common with us.</summary>
    TlsTooWeak,

    /// <summary>The end-to-end TLS handshake failed in another way.</summary>
    TlsFailed,

    /// <summary>The WebSocket upgrade was answered with something else.</summary>
    WebSocketBlocked,

    /// <summary>The cloud service does not accept the sensor's identity.</summary>
    IdentityRefused,

    /// <summary>The sensor's identity was revoked.</summary>
    IdentityRevoked,

    /// <summary>The cloud service asks us to slow down (429).</summary>
    Throttled,

    /// <summary>The cloud service answered with an error of its own (5xx).</summary>
    ServiceFailed,

    /// <summary>The tunnel was cut while idle.</summary>
    IdleCut,

    /// <summary>Small packets pass and large ones do not (path MTU).</summary>
    LargePacketsLost,

    /// <summary>Too slow for the heartbeat.</summary>
    TooSlow,

    /// <summary>A setting makes the attempt impossible; nothing was sent.</summary>
    Misconfigured,

    /// <summary>We stopped it ourselves.</summary>
    Cancelled,
}
