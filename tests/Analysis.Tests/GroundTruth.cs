using System.Text.Json;

namespace Culvert.Analysis.Tests;

/// <summary>What is truly in a capture, as the file beside it says, and how the analysis differs from it.</summary>
internal static class GroundTruth
{
    // The truth's names for roles, in ours.
    private static readonly Dictionary<string, string> Roles = new(StringComparer.Ordinal)
    {
        ["requester"] = "client",
        ["responder"] = "server",
        ["outstation"] = "server",
        ["master"] = "client",
        ["io-peer"] = "peer",
        ["controlling"] = "client",
        ["controlled"] = "server",
        ["io-provider"] = "publisher",
        ["caller"] = "client",
        ["callee"] = "server",
        ["alarm-source"] = "peer",
        ["master-frame"] = "client",
        ["returned-frame"] = "server",
        ["pdc/client"] = "client",
        ["pmu/server"] = "server",
        ["producer"] = "peer",
    };

    public static SortedDictionary<string, List<string>> Compare(string capture, CollectingSink found)
    {
        var differences = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        void Differ(string kind, string what)
        {
            if (!differences.TryGetValue(kind, out var list))
            {
                differences.Add(kind, list = []);
            }

            list.Add(what);
        }

        using var truth = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(capture, ".json")));
        var matched = new HashSet<string>();
        foreach (var expected in truth.RootElement.GetProperty("devices").EnumerateArray())
        {
            var mac = expected.GetProperty("mac").GetString();
            if (expected.TryGetProperty("mac_multicast", out var multicast) && multicast.ValueKind == JsonValueKind.True)
            {
                continue;
            }

            var ips = Strings(expected, "ips");
            var own = found.Devices.Values
                .Where(d => d.Key == mac || (mac is not null && d.Key.StartsWith(mac + "/", StringComparison.Ordinal)) || (mac is null or "00:00:00:00:00:00" && ips.Intersect(Addresses(d)).Any()))
                .ToArray();
            if (own.Length == 0)
            {
                Differ("missing device", $"{mac} {string.Join(',', ips)}");
                continue;
            }

            matched.UnionWith(own.Select(d => d.Key));
            foreach (var missing in ips.Where(ip => ip is not ("0.0.0.0" or "::")).Except(own.SelectMany(Addresses)))
            {
                Differ("missing address", $"{mac} {missing}");
            }

            var ours = own.SelectMany(d => d.Protocols).Select(p => (p.Name, p.Role)).ToHashSet();
            var names = new HashSet<string>();
            foreach (var protocol in expected.GetProperty("ot_protocols").EnumerateArray())
            {
                var name = protocol.GetProperty("protocol").GetString()!;
                var role = protocol.GetProperty("role").GetString()!;
                role = Roles.GetValueOrDefault(role, role);
                names.Add(name);
                if (!ours.Any(o => o.Name == name))
                {
                    Differ($"missing protocol {name}", $"{mac} {string.Join(',', ips)}");
                }
                else if (!ours.Contains((name, role)))
                {
                    Differ($"role of {name}", $"{mac} {string.Join(',', ips)} is {role}, found {string.Join(',', ours.Where(o => o.Name == name).Select(o => o.Role))}");
                }
            }

            foreach (var extra in ours.Select(o => o.Name).Distinct().Where(IsCompared).Except(names))
            {
                Differ($"extra protocol {extra}", $"{mac} {string.Join(',', ips)}");
            }
        }

        foreach (var extra in found.Devices.Values.Where(d => !matched.Contains(d.Key)))
        {
            Differ("extra device", $"{extra.Key} {string.Join(',', Addresses(extra))}");
        }

        return differences;
    }

    private static bool IsCompared(string protocol) => Enum.GetValues<ProtocolId>().Any(p => ProtocolNames.IsOt(p) && ProtocolNames.Of(p) == protocol);

    private static IEnumerable<string> Addresses(DeviceRecord device) => device.IPv4Addresses.Concat(device.IPv6Addresses);

    private static string[] Strings(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(e => e.GetString()!)] : [];
}
