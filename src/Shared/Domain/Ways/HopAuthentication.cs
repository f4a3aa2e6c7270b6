namespace Culvert;

/// <summary>How the sensor proves itself to a hop with name and password.</summary>
public enum HopAuthentication
{
    /// <summary>
    /// The strongest scheme that the hop offers when it asks (407). Basic is sent unasked only to an <c>https</c> hop, or to one that
    /// asked for it before: in plain text a password is not shown to a hop that might want a digest.
    /// </summary>
    Auto,

    /// <summary>Basic (RFC 7617), sent with the first request.</summary>
    Basic,

    /// <summary>Digest (RFC 7616) and nothing else.</summary>
    Digest,

    /// <summary>Negotiate (RFC 4559): Kerberos, or NTLM inside SPNEGO. Without credentials the process's own Kerberos ticket is shown, from its ticket file (KRB5CCNAME) or keytab (KRB5_CLIENT_KTNAME).</summary>
    Negotiate,

    /// <summary>NTLM and nothing else.</summary>
    Ntlm,
}
