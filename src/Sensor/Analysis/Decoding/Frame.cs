namespace Culvert.Analysis;

/// <summary>One frame, taken apart; the spans point into the caller's bytes.</summary>
internal ref struct Frame
{
    public long Ticks;
    public int WireLength;
    public MacAddress SourceMac;
    public MacAddress DestinationMac;

    /// <summary>The innermost VLAN id; -1 without a tag.</summary>
    public int Vlan;

    /// <summary>EtherType, or 0 for an 802.3 frame with LLC.</summary>
    public ushort EtherType;

    /// <summary>What follows the EtherType, or the LLC header.</summary>
    public ReadOnlySpan<byte> LinkPayload;

    public bool HasIp;
    public NetworkAddress Source;
    public NetworkAddress Destination;

    /// <summary>IP protocol number; 0 without IP.</summary>
    public byte IpProtocol;

    /// <summary>A fragment that is not the first: it has no ports.</summary>
    public bool LaterFragment;

    public ushort SourcePort;
    public ushort DestinationPort;
    public TcpFlags Flags;
    public uint Sequence;

    /// <summary>What TCP, UDP or ICMP carries; without IP, the same as <see cref="LinkPayload"/>.</summary>
    public ReadOnlySpan<byte> Payload;

    public readonly bool IsTcp => IpProtocol == 6 && !LaterFragment;

    public readonly bool IsUdp => IpProtocol == 17 && !LaterFragment;
}
