using System.Buffers.Binary;
using System.Text;

namespace Culvert.Tunnels;

/// <summary>The second message of NTLM ([MS-NLMP], section 2.2.1.2). Old proxies send it without target information, as NTLM was before version 2; .NET reads it only with some.</summary>
internal static class NtlmChallenge
{
    private const int Header = 56;
    private const uint NegotiateTargetInfo = 0x0080_0000;

    /// <summary>The same challenge with target information, where it had none: the names of the domain and the computer, both as the proxy named itself. Anything else is given back as it came.</summary>
    public static byte[] Complete(byte[] message)
    {
        if (message.Length < 32 || !message.AsSpan().StartsWith("NTLMSSP\0\u0002\0\0\0"u8))
        {
            return message;
        }

        var flags = BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(20));
        if ((flags & NegotiateTargetInfo) != 0 && message.Length >= Header)
        {
            return message;
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(12));
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(16));
        var name = length <= 512 && offset <= (uint)message.Length && length <= message.Length - (int)offset ? message[(int)offset..((int)offset + length)] : [];
        name = name.Length > 0 ? name : "PROXY"u8.ToArray();
        var wide = (flags & 1) != 0 && name.Length % 2 == 0 ? name : Encoding.Unicode.GetBytes(Encoding.Latin1.GetString(name));
        // Pairs of kind, length and value: the computer's name (1), the domain's (2), the end (0).
        byte[] info = [1, 0, .. Length(wide), .. wide, 2, 0, .. Length(wide), .. wide, 0, 0, 0, 0];
        var complete = new byte[Header + name.Length + info.Length];
        message.AsSpan(0, 32).CopyTo(complete);
        BinaryPrimitives.WriteUInt32LittleEndian(complete.AsSpan(20), flags | NegotiateTargetInfo);
        Field(complete, 12, name, Header);
        Field(complete, 40, info, Header + name.Length);
        return complete;
    }

    private static void Field(byte[] message, int at, byte[] value, int offset)
    {
        Length(value).CopyTo(message.AsSpan(at));
        Length(value).CopyTo(message.AsSpan(at + 2));
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(at + 4), offset);
        value.CopyTo(message.AsSpan(offset));
    }

    private static byte[] Length(byte[] value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value.Length);
        return bytes;
    }
}
