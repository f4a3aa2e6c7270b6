using System.Globalization;
using System.Net;
using System.Text;

namespace Culvert.Lab;

/// <summary>strongSwan's files for one gateway: IKEv2, site to site, AES-256-GCM.</summary>
/// <remarks>Routes are the lab's own, with metrics, so that a VPN can stand by behind a private peering; strongSwan's table comes after the main one and decides nothing.</remarks>
internal static class IpsecFiles
{
    /// <summary>The daemon's own settings.</summary>
    public static string Daemon(string socket, bool inUserSpace) => $$"""
        charon {
          load = random nonce aes sha1 sha2 hmac kdf gcm openssl pem pkcs1 pubkey {{(inUserSpace ? "kernel-libipsec " : "")}}kernel-netlink socket-default vici updown
          routing_table_prio = 40000
          install_virtual_ip = no
          retransmit_tries = 3
          retransmit_timeout = 1.0
          plugins {
            vici { socket = unix://{{socket}} }
            kernel-libipsec { allow_peer_ts = yes }
          }
          filelog { stderr { default = 1 } }
        }
        charon-systemd {
          load = random nonce aes sha1 sha2 hmac kdf gcm openssl pem pkcs1 pubkey {{(inUserSpace ? "kernel-libipsec " : "")}}kernel-netlink socket-default vici updown
          routing_table_prio = 40000
          plugins {
            vici { socket = unix://{{socket}} }
            kernel-libipsec { allow_peer_ts = yes }
          }
          journal { default = -1 }
          filelog { stderr { default = 1 } }
        }

        """;

    /// <summary>The connections of one gateway, one for each tunnel.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="links">Its VPNs.</param>
    /// <param name="secret">Gives a link's shared key.</param>
    /// <param name="watch">Gives the script that strongSwan calls when a tunnel comes and goes; null for none.</param>
    public static string Connections(string gateway, IEnumerable<LabLink> links, Func<LabLink, string> secret, Func<LabPath, string?> watch)
    {
        var text = new StringBuilder("connections {\n");
        var secrets = new StringBuilder("secrets {\n");
        foreach (var (link, path) in links.SelectMany(l => l.Paths.Select(p => (l, p))))
        {
            var isNear = link.Near == gateway;
            var (own, peer) = isNear ? (path.Tunnel!.From, path.Tunnel.To) : (path.Tunnel!.To, path.Tunnel.From);
            var (ownNetworks, peerNetworks) = isNear ? (link.NearNetworks, link.FarNetworks) : (link.FarNetworks, link.NearNetworks);
            var (ownCarrier, peerCarrier) = isNear ? (path.NearCarrier, path.FarCarrier) : (path.FarCarrier, path.NearCarrier);
            text.Append(CultureInfo.InvariantCulture, $$"""
                  {{path.Name}} {
                    version = 2
                    local_addrs = {{own}}
                    remote_addrs = {{peer}}
                    proposals = aes256gcm16-prfsha384-ecp384
                    mobike = no
                    dpd_delay = 2s
                    local { auth = psk
                      id = {{own}} }
                    remote { auth = psk
                      id = {{peer}} }
                    children {
                      {{path.Name}} {
                        local_ts = {{ownCarrier?.ToString() ?? Cover(ownNetworks).ToString()}}
                        remote_ts = {{peerCarrier?.ToString() ?? Cover(peerNetworks).ToString()}}
                        esp_proposals = aes256gcm16-ecp384
                        dpd_action = restart
                        close_action = start
                        {{(watch(path) is { } script ? $"updown = {script}" : "")}}
                      }
                    }
                  }

                """);
            secrets.Append(CultureInfo.InvariantCulture, $"  ike-{path.Name} {{\n    id-1 = {own}\n    id-2 = {peer}\n    secret = {secret(link)}\n  }}\n");
        }

        return text.Append("}\n").Append(secrets).Append("}\n").ToString();
    }

    // strongSwan in user space wants an address of its own in each selector; the smallest network over all of them has the gateway's.
    internal static IPNetwork Cover(IReadOnlyList<IPNetwork> networks)
    {
        var length = networks.Min(n => n.PrefixLength);
        var first = ToNumber(networks[0].BaseAddress);
        while (length > 0 && networks.Any(n => (ToNumber(n.BaseAddress) ^ first) >> (32 - length) != 0))
        {
            length--;
        }

        var masked = length == 0 ? 0 : (uint)(first >> (32 - length) << (32 - length));
        var bytes = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, masked);
        return new IPNetwork(new IPAddress(bytes), length);
    }

    // In 64 bits a shift by 32 is one.
    private static ulong ToNumber(IPAddress address) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
