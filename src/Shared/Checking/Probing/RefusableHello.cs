using System.Buffers.Binary;
using System.Text;

namespace Culvert.Checking;

/// <summary>
/// A TLS hello that no server of today can accept, and that every one answers with an alert of seven bytes (RFC 8446, sections 4.1.2 and 6): both ways it fits into
/// the smallest packets. Where it is answered and a real hello is not, packets are lost for their size.
/// </summary>
internal static class RefusableHello
{
    private const int Alert = 21;

    /// <summary>The hello, as TLS 1.0 with one suite that encrypts nothing.</summary>
    /// <param name="host">The server's name, for those that choose by it; an address is left out.</param>
    public static byte[] Write(string host)
    {
        var name = Encoding.ASCII.GetBytes(host);
        var named = name.Length > 0 && !System.Net.IPAddress.TryParse(host, out _);
        var body = new List<byte>(128);
        body.AddRange([3, 1]);
        body.AddRange(Enumerable.Repeat((byte)0x43, 32)); // random: nothing is ever encrypted with it
        body.AddRange([0, 0, 2, 0x00, 0x01, 1, 0]); // no session; TLS_RSA_WITH_NULL_MD5; no compression
        if (named)
        {
            body.AddRange([.. Short(name.Length + 9), 0, 0, .. Short(name.Length + 5), .. Short(name.Length + 3), 0, .. Short(name.Length), .. name]);
        }

        return [22, 3, 1, .. Short(body.Count + 4), 1, 0, .. Short(body.Count), .. body];
    }

    /// <summary>Whether bytes begin with an alert.</summary>
    public static bool IsRefusal(ReadOnlySpan<byte> seen) => seen is [Alert, 3, ..];

    private static byte[] Short(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
