using System.Net;

namespace Culvert.Planning;

/// <summary>The two usable addresses of a /30 between routers: the near end has the first, the far end the second.</summary>
internal static class PeerAddresses
{
    public static IPAddress Near(IPNetwork peering) => Add(peering.BaseAddress, 1);

    public static IPAddress Far(IPNetwork peering) => Add(peering.BaseAddress, 2);

    /// <summary>The /30 that follows.</summary>
    public static IPNetwork Next(IPNetwork peering) => new(Add(peering.BaseAddress, 4), peering.PrefixLength);

    private static IPAddress Add(IPAddress address, int count)
    {
        var bytes = address.GetAddressBytes();
        for (var i = bytes.Length - 1; i >= 0 && count > 0; i--)
        {
            count += bytes[i];
            bytes[i] = (byte)count;
            count >>= 8;
        }

        return new IPAddress(bytes);
    }
}
