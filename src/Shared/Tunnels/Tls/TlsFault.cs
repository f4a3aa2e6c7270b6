namespace Culvert.Tunnels;

/// <summary>What went wrong in a TLS handshake, whoever the peer was.</summary>
internal enum TlsFault
{
    None,
    Untrusted,
    ForeignIssuer,
    Expired,
    NotYetValid,
    WrongName,
    PinMismatch,
    TooWeak,
    IdentityMissing,
    IdentityRefused,
    NotTls,
    Reset,
    Closed,
    TimedOut,
    Failed,
}
