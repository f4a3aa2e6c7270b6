namespace Culvert.Analysis;

/// <summary>Remembers which identification frames taught their device nothing new, so that the same frame again, which LLDP and its like send every few seconds, costs a hash and no memory.</summary>
/// <remarks>A fixed table: a frame whose place was taken by another is read again, which is only slower. The device's identity is part of the hash, so that a
/// frame counts again once anything else changed what is known of the device.</remarks>
internal sealed class IdentityFrames
{
    // A power of two; 32 KiB.
    private const int Places = 4096;
    // The one EtherNet/IP command whose answer names the device (CIP volume 2, section 2-4.2).
    private const byte ListIdentity = 0x63;

    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    private readonly ulong[] _seen = new ulong[Places];

    /// <summary>Reads the frame into the device where it may say something new.</summary>
    public void Learn(in Frame frame, Device device, ProtocolId protocol)
    {
        if (!CanIdentify(in frame, protocol))
        {
            return;
        }

        var before = Hash(in frame, device, protocol);
        if (_seen[before % Places] == before)
        {
            return;
        }

        Identification.Learn(in frame, device, protocol);
        var after = Hash(in frame, device, protocol);
        _seen[after % Places] = after;
    }

    // Most frames are of protocols that say nothing of their sender: they must not cost a hash of their payload.
    private static bool CanIdentify(in Frame frame, ProtocolId protocol) => protocol switch
    {
        ProtocolId.Lldp or ProtocolId.Cdp or ProtocolId.ProfinetDcp or ProtocolId.Dhcp or ProtocolId.NetbiosName or ProtocolId.Mdns => true,
        ProtocolId.Enip => frame.Payload is [ListIdentity, ..],
        _ => false,
    };

    // FNV-1a, 64 bits.
    private static ulong Hash(in Frame frame, Device device, ProtocolId protocol)
    {
        var hash = (FnvOffset ^ (ulong)protocol) * FnvPrime;
        hash = (hash ^ frame.SourceMac.Value) * FnvPrime;
        hash = (hash ^ (ulong)(frame.Source.Value ^ (frame.Source.Value >> 64))) * FnvPrime;
        hash = (hash ^ (uint)device.IdentityVersion) * FnvPrime;
        // Devices of several addresses may share a hardware address. Not string.GetHashCode, whose seed is another in every process: which frames
        // meet in one place, and are read again and again, would be chance.
        foreach (var c in device.Key)
        {
            hash = (hash ^ c) * FnvPrime;
        }

        foreach (var b in frame.HasIp ? frame.Payload : frame.LinkPayload)
        {
            hash = (hash ^ b) * FnvPrime;
        }

        return hash;
    }
}
