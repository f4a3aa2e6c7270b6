using System.Buffers.Binary;

namespace Culvert.EndToEnd.Tests.Captures;

/// <summary>Writes a capture of many stations that report to one server by UDP, each once every ten seconds: so many records that a replay takes a while.</summary>
internal static class BusyPlant
{
    private const int FrameBytes = 60;

    /// <summary>Writes it.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="stations">How many, at most 60,000.</param>
    /// <param name="rounds">How often each reports.</param>
    public static void Write(string file, int stations, int rounds)
    {
        using var stream = new BufferedStream(File.Create(file), 1 << 20);
        Span<byte> header = stackalloc byte[24];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xA1B2C3D4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 262144);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], 1);
        stream.Write(header);
        Span<byte> record = stackalloc byte[16 + FrameBytes];
        var start = new DateTimeOffset(2026, 3, 2, 6, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        for (var round = 0; round < rounds; round++)
        {
            for (var station = 0; station < stations; station++)
            {
                // Spread over the interval, in order.
                var micros = (long)station * 9_900_000 / stations;
                record.Clear();
                BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(start + (round * 10) + (micros / 1_000_000)));
                BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(micros % 1_000_000));
                BinaryPrimitives.WriteInt32LittleEndian(record[8..], FrameBytes);
                BinaryPrimitives.WriteInt32LittleEndian(record[12..], FrameBytes);
                WriteFrame(record[16..], station, round);
                stream.Write(record);
            }
        }
    }

    private static void WriteFrame(Span<byte> f, int station, int round)
    {
        ((ReadOnlySpan<byte>)[0x00, 0x1d, 0x9c, 0, 0, 1, 0x00, 0x80, 0xf4, 1, (byte)(station >> 8), (byte)station, 0x08, 0x00]).CopyTo(f);
        var ip = f[14..];
        ((ReadOnlySpan<byte>)[0x45, 0, 0, FrameBytes - 14, (byte)(round >> 8), (byte)round, 0, 0, 64, 17, 0, 0, 10, 20, (byte)(station >> 8), (byte)station, 10, 10, 0, 1]).CopyTo(ip);
        var sum = 0u;
        for (var i = 0; i < 20; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(ip[i..]);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~sum);
        var udp = ip[20..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)(20_000 + (station % 1000)));
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], 9_999);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], FrameBytes - 34);
    }
}
