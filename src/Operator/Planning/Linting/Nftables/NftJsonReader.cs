using System.Globalization;
using System.Text.Json;

namespace Culvert.Planning;

/// <summary>Reads what <c>nft -j list ruleset</c> prints (libnftables-json(5)). It prints one line, so a place is told by handle besides.</summary>
internal static class NftJsonReader
{
    public static NftRuleset Read(string text)
    {
        using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 64 });
        var chains = new List<NftChain>();
        var timeouts = new List<NftTimeout>();
        var from = 0;
        foreach (var item in json.RootElement.GetProperty("nftables").EnumerateArray())
        {
            if (item.TryGetProperty("chain", out var chain))
            {
                chains.Add(new NftChain(Text(chain, "table"), Text(chain, "name"), Line(text, chain, ref from))
                {
                    Hook = chain.TryGetProperty("hook", out var hook) ? hook.GetString() : null,
                    Type = chain.TryGetProperty("type", out var type) ? type.GetString() : null,
                    Policy = chain.TryGetProperty("policy", out var policy) ? policy.GetString()! : "accept",
                });
            }
            else if (item.TryGetProperty("rule", out var rule))
            {
                var line = Line(text, rule, ref from);
                chains.Find(c => c.Table == Text(rule, "table") && c.Name == Text(rule, "chain"))?.Rules.Add(ReadRule(rule, line));
            }
            else if (item.TryGetProperty("ct timeout", out var timeout) && timeout.TryGetProperty("policy", out var policies) && policies.TryGetProperty("established", out var established))
            {
                timeouts.Add(new NftTimeout(Line(text, timeout, ref from), Text(timeout, "name"), TimeSpan.FromSeconds(established.GetInt32())));
            }
        }

        return new NftRuleset(chains, timeouts);
    }

    // Items come in the order of the text, so each is found after the one before.
    private static int Line(string text, JsonElement item, ref int from)
    {
        var raw = item.GetRawText();
        var at = text.IndexOf(raw, from, StringComparison.Ordinal);
        if (at < 0)
        {
            return 1;
        }

        from = at + raw.Length;
        return 1 + text.AsSpan(0, at).Count('\n');
    }

    private static string Text(JsonElement item, string key) => item.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static NftRule ReadRule(JsonElement rule, int line)
    {
        var matches = new List<NftMatch>();
        var verdict = "";
        foreach (var statement in rule.GetProperty("expr").EnumerateArray().SelectMany(e => e.EnumerateObject()))
        {
            switch (statement.Name)
            {
                case "match":
                    AddMatch(statement.Value, matches);
                    break;
                case "accept" or "drop" or "reject" or "return":
                    verdict = statement.Name;
                    break;
                case "jump" or "goto":
                    verdict = $"{statement.Name} {Text(statement.Value, "target")}";
                    break;
                case "counter" or "log" or "comment" or "ct timeout" or "ct helper":
                    break;
                default:
                    matches.Add(new NftMatch($"other:{statement.Name}", false, []));
                    break;
            }
        }

        var handle = rule.TryGetProperty("handle", out var number) ? number.GetInt64() : 0;
        var comment = Text(rule, "comment");
        var said = string.Create(CultureInfo.InvariantCulture, $"rule with handle {handle} in chain {Text(rule, "chain")}{(comment.Length > 0 ? $" ({comment})" : "")}");
        return new NftRule(line, said, matches, verdict);
    }

    private static void AddMatch(JsonElement match, List<NftMatch> matches)
    {
        var left = match.GetProperty("left");
        var key = "other:match";
        if (left.ValueKind == JsonValueKind.Object && left.TryGetProperty("payload", out var payload))
        {
            var (protocol, field) = (Text(payload, "protocol"), Text(payload, "field"));
            key = field is "saddr" or "daddr" or "dport" or "sport" ? field : field is "protocol" or "nexthdr" ? "proto" : $"other:{field}";
            if (protocol is "tcp" or "udp" or "icmp" or "icmpv6")
            {
                matches.Add(new NftMatch("proto", false, [protocol]));
            }
        }
        else if (left.ValueKind == JsonValueKind.Object && left.TryGetProperty("meta", out var meta))
        {
            var name = Text(meta, "key");
            key = name is "iif" or "iifname" or "oif" or "oifname" ? name[..3] : name == "l4proto" ? "proto" : $"other:{name}";
        }
        else if (left.ValueKind == JsonValueKind.Object && left.TryGetProperty("ct", out var ct))
        {
            key = Text(ct, "key") == "state" ? "state" : $"other:ct {Text(ct, "key")}";
        }

        var values = new List<string>();
        Values(match.GetProperty("right"), values);
        matches.Add(new NftMatch(key, Text(match, "op") == "!=", values));
    }

    private static void Values(JsonElement right, List<string> values)
    {
        switch (right.ValueKind)
        {
            case JsonValueKind.String:
                values.Add(right.GetString()!);
                break;
            case JsonValueKind.Number:
                values.Add(right.GetRawText());
                break;
            case JsonValueKind.Array:
                foreach (var item in right.EnumerateArray())
                {
                    Values(item, values);
                }

                break;
            case JsonValueKind.Object when right.TryGetProperty("set", out var set):
                Values(set, values);
                break;
            case JsonValueKind.Object when right.TryGetProperty("prefix", out var prefix):
                values.Add(string.Create(CultureInfo.InvariantCulture, $"{Text(prefix, "addr")}/{prefix.GetProperty("len").GetInt32()}"));
                break;
            case JsonValueKind.Object when right.TryGetProperty("range", out var range):
                values.Add(string.Join('-', range.EnumerateArray().Select(r => r.ToString())));
                break;
            default:
                values.Add("?");
                break;
        }
    }
}
