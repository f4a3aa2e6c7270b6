namespace Culvert.Analysis;

/// <summary>What the first byte of a frame is: the LINKTYPE_ values of pcap (tcpdump.org/linktypes.html) that are understood.</summary>
public enum LinkType
{
    /// <summary>BSD loopback: a protocol family in the capturing machine's byte order.</summary>
    Null = 0,

    /// <summary>Ethernet.</summary>
    Ethernet = 1,

    /// <summary>Raw IP (older value).</summary>
    RawOld = 12,

    /// <summary>Raw IP (OpenBSD's value).</summary>
    RawOpenBsd = 14,

    /// <summary>Raw IP: the version nibble tells which.</summary>
    Raw = 101,

    /// <summary>OpenBSD loopback: a protocol family in network byte order.</summary>
    Loop = 108,

    /// <summary>Linux "cooked" capture.</summary>
    LinuxSll = 113,

    /// <summary>Raw IPv4.</summary>
    IPv4 = 228,

    /// <summary>Raw IPv6.</summary>
    IPv6 = 229,

    /// <summary>Linux "cooked" capture, version 2.</summary>
    LinuxSll2 = 276,
}
