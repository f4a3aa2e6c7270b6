using System.Buffers.Binary;

namespace Culvert.Analysis;

/// <summary>Finds the mirrored frame within a GRE packet: ERSPAN types I to III, and Ethernet over GRE, which are what switches send a mirror port's traffic in across routers.</summary>
/// <remarks>IP over GRE is left alone: it is a tunnel of the plant's own, whose ends are devices of the plant.</remarks>
internal static class Decapsulation
{
    /// <summary>GRE's protocol number in IP.</summary>
    public const byte Gre = 47;

    /// <summary>Mirrored traffic within mirrored traffic, at most this deep.</summary>
    public const int MaxDepth = 2;

    private const ushort TransparentEthernet = 0x6558;
    private const ushort ErspanOneOrTwo = 0x88BE;
    private const ushort ErspanThree = 0x22EB;

    /// <summary>The inner Ethernet frame; false where the packet carries none.</summary>
    /// <param name="packet">From GRE's header on (RFC 2784, RFC 2890).</param>
    /// <param name="inner">The inner frame, from its destination address on.</param>
    /// <param name="vlan">VLAN that the mirrored port says the frame was on; -1 where it says none.</param>
    public static bool TryFindMirrored(ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> inner, out int vlan)
    {
        inner = default;
        vlan = -1;
        if (packet.Length < 4)
        {
            return false;
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(packet);
        var type = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        // Version 0 without source routing; checksum, key and sequence number take four bytes each.
        if ((flags & 0x4007) != 0)
        {
            return false;
        }

        var hasSequence = (flags & 0x1000) != 0;
        var header = 4 + ((flags & 0x8000) != 0 ? 4 : 0) + ((flags & 0x2000) != 0 ? 4 : 0) + (hasSequence ? 4 : 0);
        var size = type switch
        {
            TransparentEthernet => 0,
            // Type I has no header of its own and is told by the missing sequence number.
            ErspanOneOrTwo => hasSequence ? 8 : 0,
            ErspanThree => 12,
            _ => -1,
        };
        if (size < 0 || packet.Length < header + size)
        {
            return false;
        }

        var own = packet.Slice(header, size);
        inner = packet[(header + size)..];
        if (size > 0)
        {
            var id = BinaryPrimitives.ReadUInt16BigEndian(own) & 0x0FFF;
            vlan = id == 0 ? -1 : id;
        }

        // Type III: the last bit says that eight bytes of the platform follow.
        if (type == ErspanThree && (own[11] & 1) != 0)
        {
            if (inner.Length < 8)
            {
                return false;
            }

            inner = inner[8..];
        }

        return inner.Length >= 14;
    }
}
