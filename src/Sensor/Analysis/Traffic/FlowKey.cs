namespace Culvert.Analysis;

/// <summary>Both directions of a conversation have one key: the smaller end first.</summary>
internal readonly record struct FlowKey(UInt128 Low, UInt128 High, ushort LowPort, ushort HighPort, byte IpProtocol)
{
    public static FlowKey Of(in Frame frame, out bool fromLow)
    {
        var order = frame.Source.CompareTo(frame.Destination);
        fromLow = order < 0 || (order == 0 && frame.SourcePort <= frame.DestinationPort);
        return fromLow
            ? new(frame.Source.Value, frame.Destination.Value, frame.SourcePort, frame.DestinationPort, frame.IpProtocol)
            : new(frame.Destination.Value, frame.Source.Value, frame.DestinationPort, frame.SourcePort, frame.IpProtocol);
    }

    public override int GetHashCode()
    {
        // Mixed by hand: the default combines five fields one by one, on every packet.
        var a = (ulong)Low ^ (ulong)(Low >> 64) ^ (((ulong)LowPort << 32) | ((ulong)HighPort << 16) | IpProtocol);
        var b = (ulong)High ^ (ulong)(High >> 64);
        var mixed = (a * 0x9E37_79B9_7F4A_7C15UL) ^ (System.Numerics.BitOperations.RotateLeft(b, 29) * 0xC2B2_AE3D_27D4_EB4FUL);
        return (int)(mixed ^ (mixed >> 32));
    }
}
