using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Checking;

/// <summary>The first words of MQTT 3.1.1 as the sensor says them to its hub, and the hub's answer: whether it takes the identity. Nothing is subscribed to or published.</summary>
internal static class MqttHello
{
    private const byte BinaryFrame = 0x82;
    private const byte Masked = 0x80;
    private const byte LongLength = 126;

    /// <summary>DISCONNECT (section 3.14).</summary>
    public static byte[] Goodbye { get; } = [0xE0, 0];

    /// <summary>CONNECT (section 3.1), with IoT Hub's user name; the client certificate is the password. The session's state at the hub stays as it is.</summary>
    /// <param name="host">The hub's host name.</param>
    /// <param name="sensor">The sensor.</param>
    public static byte[] Connect(string host, string sensor)
    {
        const byte userNameFollows = 0x80;
        byte[] rest = [.. Text("MQTT"), 4, userNameFollows, 0, 30, .. Text(sensor), .. Text($"{host}/{sensor}/?api-version=2021-04-12")];
        return [0x10, .. Length(rest.Length), .. rest];
    }

    /// <summary>A packet in a WebSocket frame of a client (RFC 6455, section 5.2).</summary>
    public static byte[] Framed(byte[] packet)
    {
        var mask = RandomNumberGenerator.GetBytes(4);
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)packet.Length);
        byte[] size = packet.Length < LongLength ? [(byte)(Masked | packet.Length)] : [Masked | LongLength, .. length];
        return [BinaryFrame, .. size, .. mask, .. packet.Select((b, i) => (byte)(b ^ mask[i % 4]))];
    }

    /// <summary>The return code of CONNACK (section 3.2.2.3); null while it has not come.</summary>
    /// <param name="seen">What came so far.</param>
    /// <param name="framed">Whether in WebSocket frames.</param>
    public static int? ReturnCode(ReadOnlySpan<byte> seen, bool framed)
    {
        var packet = framed && seen is [BinaryFrame, < LongLength, ..] ? seen[2..] : framed ? [] : seen;
        return packet is [0x20, 2, _, var code, ..] ? code : null;
    }

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)bytes.Length);
        return [.. length, .. bytes];
    }

    private static byte[] Length(int length) => length < 128 ? [(byte)length] : [(byte)(0x80 | (length & 0x7F)), (byte)(length >> 7)];
}
