using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Culvert.Planning;

/// <summary>Writes the list of endpoints in the forms that firewalls, proxies and people read.</summary>
public static class EndpointListWriter
{
    /// <summary>Writes the list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="format">The form.</param>
    /// <param name="firewall">For nftables: the firewall whose table has the sets, as planning names them; null for a table of its own.</param>
    public static string Write(EndpointList list, EndpointFormat format, string? firewall = null)
    {
        ArgumentNullException.ThrowIfNull(list);
        return format switch
        {
            EndpointFormat.Json => Json(list),
            EndpointFormat.Csv => Csv(list),
            EndpointFormat.Text => Hash(list) + string.Concat(list.Now.Select(e => $"{e.Address}\n")) + Coming(list),
            EndpointFormat.Squid => Squid(list),
            EndpointFormat.Nftables => Nftables(list, firewall),
            // A reader of such lists takes comments, but not all take them behind an entry.
            _ => Hash(list) + string.Concat(list.Now.Select(e => e.Address.Host).Distinct().Select(h => h + "\n")),
        };
    }

    private static string Json(EndpointList list)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("format", EndpointList.Format);
            json.WriteString("cloud", list.Cloud);
            json.WriteNumber("version", list.Version);
            json.WriteString("digest", list.Digest);
            Entries(json, "endpoints", list.Now);
            Entries(json, "coming", list.Coming);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void Entries(Utf8JsonWriter json, string key, IEnumerable<EndpointEntry> entries)
    {
        json.WriteStartArray(key);
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            json.WriteString("host", entry.Address.Host);
            json.WriteNumber("port", entry.Address.Port);
            json.WriteString("protocol", "tcp");
            Strings(json, "services", entry.Services.Select(Words.Camel));
            Strings(json, "addresses", entry.Addresses.Select(a => a.ToString()));
            if (entry.NeededFrom is not null)
            {
                json.WriteString("neededFrom", entry.NeededFrom);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Strings(Utf8JsonWriter json, string key, IEnumerable<string> values)
    {
        json.WriteStartArray(key);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string Csv(EndpointList list)
    {
        var text = new StringBuilder("host,port,protocol,services,addresses,needed from,list version\n");
        foreach (var e in list.Entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{e.Address.Host},{e.Address.Port},tcp,{string.Join(' ', e.Services.Select(Words.Camel))},{string.Join(' ', e.Addresses)},{e.NeededFrom},{list.Version}\n");
        }

        return text.ToString();
    }

    private static string Squid(EndpointList list)
    {
        var (names, addresses) = (list.Now.Where(e => !e.Address.IsAddress).Select(e => e.Address.Host).Distinct().ToList(), list.Now.Where(e => e.Address.IsAddress).Select(e => e.Address.Host).Distinct().ToList());
        var text = new StringBuilder(Hash(list));
        text.AppendJoin("", names.Select(n => $"acl culvert_endpoints dstdomain -n {n}\n"));
        text.AppendJoin("", addresses.Select(a => $"acl culvert_addresses dst -n {a}\n"));
        text.Append(CultureInfo.InvariantCulture, $"acl culvert_ports port {string.Join(' ', list.Now.Select(e => e.Address.Port).Distinct().Order())}\n");
        return text + Coming(list);
    }

    private static string Nftables(EndpointList list, string? firewall)
    {
        var table = firewall is null ? "inet culvert_endpoints" : $"inet {NftablesWriter.TableOf(firewall)}";
        var text = new StringBuilder(Hash(list));
        if (firewall is null)
        {
            text.Append(CultureInfo.InvariantCulture, $"add table {table}\n");
        }

        foreach (var host in list.Now.GroupBy(e => e.Address.Host))
        {
            var name = ObjectName.Identifier(host.Key);
            var v4 = host.SelectMany(e => e.Addresses).Where(a => a.AddressFamily == AddressFamily.InterNetwork).Distinct().ToList();
            if (v4.Count == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"# No address is known of {host.Key}: give --resolve where this machine can, or --service-tags.\n");
                continue;
            }

            // One transaction: no packet meets an empty set.
            if (firewall is null)
            {
                text.Append(CultureInfo.InvariantCulture, $"add set {table} {name} {{ type ipv4_addr; flags interval; auto-merge; }}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"flush set {table} {name}\nadd element {table} {name} {{ {string.Join(", ", v4)} }}\n");
        }

        return text + Coming(list);
    }

    private static string Hash(EndpointList list) => string.Create(CultureInfo.InvariantCulture, $"# Endpoints of {list}, digest {list.Digest[..16]}\n");

    private static string Coming(EndpointList list) => string.Concat(list.Coming.Select(e => $"# Needed from version {e.NeededFrom}: {e.Address}\n"));
}
