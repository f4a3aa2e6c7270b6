namespace Culvert.Tunnels;

/// <summary>The same fault means something else at a hop and at the cloud endpoint.</summary>
internal static class TlsFaults
{
    public static Cause AtHop(this TlsFault fault) => fault switch
    {
        TlsFault.None => Cause.None,
        TlsFault.Untrusted or TlsFault.ForeignIssuer => Cause.ProxyCertificateUntrusted,
        TlsFault.Expired => Cause.ProxyCertificateExpired,
        TlsFault.NotYetValid => Cause.ProxyCertificateNotYetValid,
        TlsFault.WrongName => Cause.ProxyCertificateWrongName,
        TlsFault.PinMismatch => Cause.ProxyPinMismatch,
        TlsFault.TooWeak => Cause.ProxyTlsTooWeak,
        TlsFault.IdentityMissing => Cause.ProxyClientCertificateMissing,
        TlsFault.IdentityRefused => Cause.ProxyClientCertificateRefused,
        TlsFault.Reset => Cause.ConnectionReset,
        TlsFault.Closed => Cause.ConnectionClosed,
        TlsFault.TimedOut => Cause.NoAnswer,
        TlsFault.NotTls or TlsFault.Failed => Cause.ProxyTlsFailed,
        _ => Cause.ProxyTlsFailed,
    };

    public static Cause AtEndpoint(this TlsFault fault) => fault switch
    {
        TlsFault.None => Cause.None,
        TlsFault.ForeignIssuer => Cause.Intercepted,
        TlsFault.Untrusted or TlsFault.PinMismatch => Cause.CertificateUntrusted,
        TlsFault.Expired => Cause.CertificateExpired,
        TlsFault.NotYetValid => Cause.ClockOff,
        TlsFault.WrongName => Cause.CertificateWrongName,
        TlsFault.TooWeak => Cause.TlsTooWeak,
        TlsFault.IdentityMissing or TlsFault.IdentityRefused => Cause.IdentityRefused,
        TlsFault.Reset => Cause.ConnectionReset,
        TlsFault.Closed => Cause.ConnectionClosed,
        TlsFault.TimedOut => Cause.NoAnswer,
        TlsFault.NotTls or TlsFault.Failed => Cause.TlsFailed,
        _ => Cause.TlsFailed,
    };
}
