using System.Buffers.Binary;

namespace Culvert.EndToEnd.Tests.Captures;

/// <summary>Captures that nobody made in good faith.</summary>
internal static class HostileCaptures
{
    private const int Seed = 20261126;

    /// <summary>Writes them all; gives name and file.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="good">A good capture, to be mutilated.</param>
    public static IReadOnlyList<(string Name, string File)> Write(string folder, string good)
    {
        var bytes = File.ReadAllBytes(good);
        var random = new Random(Seed);
        var made = new List<(string, string)>();
        void Add(string name, byte[] content)
        {
            var file = Path.Combine(folder, $"{name}.pcap");
            File.WriteAllBytes(file, content);
            made.Add((name, file));
        }

        Add("truncated", bytes[..(bytes.Length / 2 + 7)]);
        Add("empty", []);
        Add("header-only", bytes[..24]);
        Add("half-header", bytes[..11]);
        Add("zero-length", Records(bytes, (r, _) => Lengths(r, 0, 0), 500));
        Add("absurd-length", Records(bytes, (r, i) => Lengths(r, i < 20 ? 60u : 0xFFFFFFF0, 0x7FFFFFFF), 500));
        Add("absurd-original", Records(bytes, (r, _) => Lengths(r, 60, uint.MaxValue), 500));
        Add("absurd-times", Records(bytes, (r, i) => BinaryPrimitives.WriteUInt32LittleEndian(r, i % 2 == 0 ? uint.MaxValue : 0), 500));
        Add("random-packets", Records(bytes, (r, _) => random.NextBytes(r[16..]), 20_000));
        Add("random-all", [.. bytes[..24], .. RandomBytes(random, 1 << 20)]);
        Add("random-blocks", [0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 28, 0, 0, 0, .. RandomBytes(random, 1 << 20)]);
        Add("huge-block", [0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 28, 0, 0, 0, 6, 0, 0, 0, 0xfc, 0xff, 0xff, 0x7f]);
        Add("flipped", Flip(bytes, random));
        Add("many-devices", ManyDevices(bytes, random, 40_000));
        return made;
    }

    private delegate void Change(Span<byte> record, int index);

    private static byte[] Records(byte[] good, Change change, int count)
    {
        using var stream = new MemoryStream();
        stream.Write(good, 0, 24);
        var record = new byte[16 + 60];
        for (var i = 0; i < count; i++)
        {
            good.AsSpan(24, 16).CopyTo(record);
            good.AsSpan(40, 60).CopyTo(record.AsSpan(16));
            Lengths(record, 60, 60);
            change(record, i);
            stream.Write(record, 0, BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(8)) == 0 ? 16 : record.Length);
        }

        return stream.ToArray();
    }

    private static void Lengths(Span<byte> record, uint captured, uint original)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], captured);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], original);
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Flip(byte[] good, Random random)
    {
        var bytes = (byte[])good.Clone();
        // Not the records' own headers, or the first flip would end it: anything within the packets.
        for (var at = 24; at + 16 <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 8));
            for (var i = 0; i < 3 && length > 0; i++)
            {
                bytes[at + 16 + random.Next(length)] ^= (byte)(1 << random.Next(8));
            }

            at += 16 + length;
        }

        return bytes;
    }

    private static byte[] ManyDevices(byte[] good, Random random, int count) => Records(
        good,
        (r, i) =>
        {
            // A new sender with every packet: as much as an attacker can make a sensor remember.
            random.NextBytes(r.Slice(16, 12));
            r[22] &= 0xFE;
            BinaryPrimitives.WriteUInt32LittleEndian(r[4..], (uint)(i % 1_000_000));
            (r[28], r[29], r[30]) = (0x08, 0x00, 0x45);
            random.NextBytes(r.Slice(16 + 26, 8));
        },
        count);
}
