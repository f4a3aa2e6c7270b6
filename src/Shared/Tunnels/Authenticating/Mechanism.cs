namespace Culvert.Tunnels;

/// <summary>How a handshake bound to its connection is made.</summary>
internal enum Mechanism
{
    /// <summary>NTLM by itself.</summary>
    Ntlm,

    /// <summary>Kerberos within Negotiate.</summary>
    Kerberos,

    /// <summary>NTLM within Negotiate.</summary>
    NegotiateNtlm,
}
