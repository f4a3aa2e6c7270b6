using System.Buffers.Binary;

namespace Culvert.PlantSimulator;

/// <summary>Packets as they are seen at a mirror port, saved as a classic pcap file with microseconds (link type Ethernet).</summary>
internal sealed class Recording
{
    // A fixed day, so that the file is the same whenever it is made: 2026-01-05 06:00:00 UTC, the start of a Monday's early shift.
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 6, 0, 0, TimeSpan.Zero);

    private readonly List<(double At, int Order, byte[] Frame)> _packets = [];

    /// <summary>How many packets were seen.</summary>
    public int Count => _packets.Count;

    /// <summary>Notes a frame, at so many seconds after the start.</summary>
    public void Add(double at, byte[] frame) => _packets.Add((at, _packets.Count, frame));

    /// <summary>Writes the file, packets in order of time.</summary>
    public void Save(Stream file)
    {
        Span<byte> header = stackalloc byte[24];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xa1b2c3d4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 65535);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        file.Write(header);
        foreach (var (at, _, frame) in _packets.OrderBy(p => p.At).ThenBy(p => p.Order))
        {
            var time = Start.AddTicks((long)(at * TimeSpan.TicksPerSecond));
            var packet = header[..16];
            BinaryPrimitives.WriteUInt32LittleEndian(packet, (uint)time.ToUnixTimeSeconds());
            BinaryPrimitives.WriteUInt32LittleEndian(packet[4..], (uint)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
            BinaryPrimitives.WriteUInt32LittleEndian(packet[8..], (uint)frame.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(packet[12..], (uint)frame.Length);
            file.Write(packet);
            file.Write(frame);
        }
    }
}
