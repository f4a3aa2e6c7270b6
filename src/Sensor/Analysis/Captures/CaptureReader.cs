using System.Buffers.Binary;

namespace Culvert.Analysis;

/// <summary>Reads pcap and pcapng from a stream of hostile bytes, one packet at a time, with one bounded buffer and no allocation per packet.</summary>
/// <remarks>pcap: draft-ietf-opsawg-pcap; pcapng: draft-ietf-opsawg-pcapng. A capture that ends in the middle of a packet ends there; <see cref="Truncation"/> says so.</remarks>
public abstract class CaptureReader
{
    /// <summary>The longest packet that is accepted, in bytes: the largest snapshot length that tools use.</summary>
    public const int MaxPacketBytes = 262_144;

    /// <summary>The longest pcapng block that is accepted, in bytes.</summary>
    public const int MaxBlockBytes = 16 * 1024 * 1024;

    private protected CaptureReader(CaptureBuffer buffer) => Buffer = buffer;

    /// <summary>Packets read so far.</summary>
    public long Packets { get; private protected set; }

    /// <summary>Where and how the capture was cut off; null when it ended cleanly, or has not ended.</summary>
    public string? Truncation { get; private protected set; }

    private protected CaptureBuffer Buffer { get; }

    /// <summary>Looks at the first bytes and gives the reader for them. The stream stays the caller's.</summary>
    /// <exception cref="CaptureFormatException">It is neither pcap nor pcapng.</exception>
    public static CaptureReader Open(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var buffer = new CaptureBuffer(stream, MaxBlockBytes);
        if (!buffer.TryPeek(4, out var magic))
        {
            throw new CaptureFormatException(0, buffer.Available == 0
                ? "the file is empty; expected a pcap or pcapng header"
                : $"only {buffer.Available} bytes; expected a pcap or pcapng header");
        }

        return BinaryPrimitives.ReadUInt32BigEndian(magic) switch
        {
            0x0A0D0D0A => new PcapNgReader(buffer),
            0xA1B2C3D4 => new PcapReader(buffer, bigEndian: true, ticksPerUnit: 10, unitsPerTick: 1),
            0xD4C3B2A1 => new PcapReader(buffer, bigEndian: false, ticksPerUnit: 10, unitsPerTick: 1),
            0xA1B23C4D => new PcapReader(buffer, bigEndian: true, ticksPerUnit: 1, unitsPerTick: 100),
            0x4D3CB2A1 => new PcapReader(buffer, bigEndian: false, ticksPerUnit: 1, unitsPerTick: 100),
            var other => throw new CaptureFormatException(0, $"the file begins with {other:x8}; expected a pcap (a1b2c3d4, a1b23c4d) or pcapng (0a0d0d0a) header"),
        };
    }

    /// <summary>Reads the next packet; false at the end.</summary>
    /// <exception cref="CaptureFormatException">The capture is damaged here; nothing after it can be read.</exception>
    public abstract bool Read(out CapturedPacket packet);

    private protected bool EndsHere(string what)
    {
        if (Buffer.Available > 0)
        {
            Truncation = $"at byte {Buffer.Offset}: the capture ends in the middle of {what}";
        }

        return false;
    }
}
