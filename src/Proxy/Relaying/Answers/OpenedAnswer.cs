using System.Text;
using Culvert.Tunnels;

namespace Culvert.Relaying;

/// <summary>The answer to a CONNECT whose tunnel is open.</summary>
internal static class OpenedAnswer
{
    /// <summary>The bytes, with what the proxies behind said and this one's own entry.</summary>
    public static byte[] Write(string proxy, string? nextHop, IReadOnlyList<ProxyStatusEntry>? behind)
    {
        var own = new ProxyStatusEntry { Proxy = proxy, NextHop = nextHop };
        return Encoding.Latin1.GetBytes($"HTTP/1.1 200 Connection established\r\nProxy-Status: {ProxyStatusField.Write([.. behind ?? [], own])}\r\n\r\n");
    }
}
