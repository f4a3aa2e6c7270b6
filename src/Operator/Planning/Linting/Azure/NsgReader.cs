using System.Text.Json;

namespace Culvert.Planning;

/// <summary>Reads network security groups from JSON: an ARM template, <c>az network nsg show</c>, or the array of rules alone.</summary>
internal static class NsgReader
{
    public static NsgExport Read(string text)
    {
        using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 64, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var rules = new List<NsgRule>();
        var timeouts = new List<(int, int)>();
        Walk(json.RootElement, text, rules, timeouts);
        return rules.Count == 0 ? throw new FormatException("no security rule was found in this JSON") : new NsgExport(rules, timeouts);
    }

    private static void Walk(JsonElement at, string text, List<NsgRule> rules, List<(int, int)> timeouts)
    {
        if (at.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in at.EnumerateArray())
            {
                Walk(item, text, rules, timeouts);
            }
        }
        else if (at.ValueKind == JsonValueKind.Object)
        {
            if (Rule(at, text) is { } rule)
            {
                rules.Add(rule);
                return;
            }

            foreach (var property in at.EnumerateObject())
            {
                if (property.NameEquals("idleTimeoutInMinutes") && property.Value.TryGetInt32(out var minutes))
                {
                    timeouts.Add((Line(text, "\"idleTimeoutInMinutes\""), minutes));
                }

                // Azure's own rules of every group end its lists; an export may repeat them.
                if (!property.NameEquals("defaultSecurityRules"))
                {
                    Walk(property.Value, text, rules, timeouts);
                }
            }
        }
    }

    private static NsgRule? Rule(JsonElement at, string text)
    {
        var name = at.TryGetProperty("name", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()! : "";
        var rule = at.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object ? properties : at;
        if (!rule.TryGetProperty("access", out var access) || !rule.TryGetProperty("direction", out var direction) || !rule.TryGetProperty("priority", out var priority) || !priority.TryGetInt32(out var number))
        {
            return null;
        }

        return new NsgRule(
            Line(text, $"\"{JsonEncodedText.Encode(name)}\""), name, number,
            string.Equals(direction.GetString(), "Inbound", StringComparison.OrdinalIgnoreCase), string.Equals(access.GetString(), "Allow", StringComparison.OrdinalIgnoreCase),
            rule.TryGetProperty("protocol", out var protocol) ? protocol.GetString() ?? "*" : "*",
            Values(rule, "sourceAddressPrefix", "sourceAddressPrefixes"), Values(rule, "destinationAddressPrefix", "destinationAddressPrefixes"), Values(rule, "destinationPortRange", "destinationPortRanges"));
    }

    private static List<string> Values(JsonElement rule, string one, string many)
    {
        var values = new List<string>();
        if (rule.TryGetProperty(one, out var single) && single.ValueKind == JsonValueKind.String && single.GetString() is { Length: > 0 } value)
        {
            values.Add(value);
        }

        if (rule.TryGetProperty(many, out var list) && list.ValueKind == JsonValueKind.Array)
        {
            values.AddRange(list.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!));
        }

        return values;
    }

    private static int Line(string text, string what)
    {
        var at = text.IndexOf(what, StringComparison.Ordinal);
        return at < 0 ? 0 : 1 + text.AsSpan(0, at).Count('\n');
    }
}
