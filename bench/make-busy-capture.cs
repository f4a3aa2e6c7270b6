#:property PublishAot=false
// dotnet run bench/make-busy-capture.cs -- FILE STATIONS ROUNDS
// A capture of many stations that report to one server by UDP, each once every ten seconds: one traffic record a packet, and some for the devices.
using System.Buffers.Binary;
using System.Globalization;

var (stations, rounds) = (int.Parse(args[1], CultureInfo.InvariantCulture), int.Parse(args[2], CultureInfo.InvariantCulture));
using var stream = new BufferedStream(File.Create(args[0]), 1 << 20);
var header = new byte[24];
BinaryPrimitives.WriteUInt32LittleEndian(header, 0xA1B2C3D4);
BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), 2);
BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(6), 4);
BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), 262144);
BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(20), 1);
stream.Write(header);
const int Frame = 60;
var record = new byte[16 + Frame];
for (var round = 0; round < rounds; round++)
{
    for (var station = 0; station < stations; station++)
    {
        var micros = (long)station * 9_900_000 / stations;
        Array.Clear(record);
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(1_772_431_200 + (round * 10) + (micros / 1_000_000)));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), (uint)(micros % 1_000_000));
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(8), Frame);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(12), Frame);
        var (high, low) = ((byte)(station >> 8), (byte)station);
        byte[] frame = [0x00, 0x1d, 0x9c, 0, 0, 1, 0x00, 0x80, 0xf4, 1, high, low, 0x08, 0x00,
            0x45, 0, 0, Frame - 14, (byte)(round >> 8), (byte)round, 0, 0, 64, 17, 0, 0, 10, 20, high, low, 10, 10, 0, 1];
        frame.CopyTo(record, 16);
        var udp = record.AsSpan(16 + 34);
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)(20_000 + (station % 1000)));
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], 9_999);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], Frame - 34);
        stream.Write(record);
    }
}
