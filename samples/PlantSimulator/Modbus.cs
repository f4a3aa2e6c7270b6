using System.Buffers.Binary;
using System.Text;

namespace Culvert.PlantSimulator;

/// <summary>Modbus application protocol over TCP (Modbus Messaging on TCP/IP Implementation Guide V1.0b, Modbus Application Protocol V1.1b3).</summary>
internal static class Modbus
{
    public static byte[] Frame(int transaction, byte unit, byte[] pdu, ushort protocol = 0)
    {
        var frame = new byte[7 + pdu.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)transaction);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), protocol);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(4), (ushort)(pdu.Length + 1));
        frame[6] = unit;
        pdu.CopyTo(frame, 7);
        return frame;
    }

    public static byte[] Read(byte function, int address, int count) => [function, .. Word(address), .. Word(count)];

    public static byte[] Values(byte function, IReadOnlyList<int> values) => [function, (byte)(values.Count * 2), .. values.SelectMany(Word)];

    public static byte[] WriteRegister(int address, int value) => [6, .. Word(address), .. Word(value)];

    public static byte[] WriteCoil(int address, bool on) => [5, .. Word(address), on ? (byte)0xff : (byte)0, 0];

    public static byte[] WriteRegisters(int address, IReadOnlyList<int> values) =>
        [16, .. Word(address), .. Word(values.Count), (byte)(values.Count * 2), .. values.SelectMany(Word)];

    public static byte[] WriteRegistersDone(int address, int count) => [16, .. Word(address), .. Word(count)];

    /// <summary>Function 8, sub-function 1: restart communications.</summary>
    public static byte[] Restart() => [8, 0, 1, 0, 0];

    public static byte[] Exception(byte function, byte code) => [(byte)(function | 0x80), code];

    /// <summary>Function 43/14: basic device identification.</summary>
    public static byte[] AskIdentity() => [43, 14, 1, 0];

    public static byte[] Identity(string vendor, string product, string revision)
    {
        var objects = new[] { vendor, product, revision }.SelectMany((text, id) => (byte[])[(byte)id, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)]);
        return [43, 14, 1, 1, 0, 0, 3, .. objects];
    }

    private static byte[] Word(int value) => [(byte)(value >> 8), (byte)value];
}
