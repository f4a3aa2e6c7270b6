using System.Buffers.Binary;

namespace Culvert.Analysis;

/// <summary>The classic format: a header, then packets.</summary>
internal sealed class PcapReader : CaptureReader
{
    private const int HeaderBytes = 24;
    private const int RecordBytes = 16;
    private readonly bool _bigEndian;
    private readonly long _ticksPerUnit;
    private readonly long _unitsPerTick;
    private LinkType _linkType;
    private bool _started;
    private int _taken;

    public PcapReader(CaptureBuffer buffer, bool bigEndian, long ticksPerUnit, long unitsPerTick)
        : base(buffer) => (_bigEndian, _ticksPerUnit, _unitsPerTick) = (bigEndian, ticksPerUnit, unitsPerTick);

    public override bool Read(out CapturedPacket packet)
    {
        packet = default;
        Buffer.Skip(_taken);
        _taken = 0;
        if (!_started)
        {
            if (!Buffer.TryPeek(HeaderBytes, out var header))
            {
                return EndsHere("the file header");
            }

            // The upper bits hold the FCS length and a class; the lower 16 the link type.
            _linkType = (LinkType)(U32(header[20..]) & 0xFFFF);
            Buffer.Skip(HeaderBytes);
            _started = true;
        }

        if (!Buffer.TryPeek(RecordBytes, out var record))
        {
            return EndsHere("a packet header");
        }

        var (seconds, fraction, captured, original) = (U32(record), U32(record[4..]), U32(record[8..]), U32(record[12..]));
        if (captured > MaxPacketBytes)
        {
            throw new CaptureFormatException(Buffer.Offset, $"a packet of {captured} bytes; at most {MaxPacketBytes} are possible");
        }

        var length = (int)captured;
        if (!Buffer.TryPeek(RecordBytes + length, out var whole))
        {
            return EndsHere("a packet");
        }

        _taken = RecordBytes + length;
        Packets++;
        var ticks = DateTime.UnixEpoch.Ticks + (seconds * TimeSpan.TicksPerSecond) + (fraction * _ticksPerUnit / _unitsPerTick);
        packet = new CapturedPacket(_linkType, ticks, whole[RecordBytes..], (int)Math.Min(Math.Max(original, captured), int.MaxValue));
        return true;
    }

    private uint U32(ReadOnlySpan<byte> bytes) => _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
