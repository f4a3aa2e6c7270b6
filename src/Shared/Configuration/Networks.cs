using System.Net;

namespace Culvert.Configuration;

/// <summary>Arithmetic on networks.</summary>
internal static class Networks
{
    /// <summary>The first address of the network of this length that holds the address.</summary>
    public static IPAddress Start(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var keep = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff00 >> keep);
        }

        return new IPAddress(bytes);
    }

    /// <summary>Whether some address lies in both.</summary>
    public static bool Overlap(IPNetwork a, IPNetwork b) =>
        a.BaseAddress.AddressFamily == b.BaseAddress.AddressFamily && (a.Contains(b.BaseAddress) || b.Contains(a.BaseAddress));
}
