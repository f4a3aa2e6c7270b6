using Token = Culvert.Planning.NftTokens.Token;

namespace Culvert.Planning;

/// <summary>Reads one rule in nftables text.</summary>
internal static class NftRuleReader
{
    public static NftRule Read(IReadOnlyList<Token> words)
    {
        var matches = new List<NftMatch>();
        var verdict = "";
        for (var i = 0; i < words.Count;)
        {
            var word = words[i].Text;
            var next = i + 1 < words.Count ? words[i + 1].Text : "";
            switch (word)
            {
                case "ip" or "ip6" when next is "saddr" or "daddr":
                    i = Value(words, i + 2, next, matches);
                    break;
                case "ip" or "ip6" when next is "protocol" or "nexthdr":
                    i = Value(words, i + 2, "proto", matches);
                    break;
                case "meta" when next == "l4proto":
                    i = Value(words, i + 2, "proto", matches);
                    break;
                case "meta" when next is "iif" or "iifname" or "oif" or "oifname":
                    i = Value(words, i + 2, next[..3], matches);
                    break;
                case "iif" or "iifname" or "oif" or "oifname":
                    i = Value(words, i + 1, word[..3], matches);
                    break;
                case "tcp" or "udp" or "th" when next is "dport" or "sport":
                    if (word != "th")
                    {
                        matches.Add(new NftMatch("proto", false, [word]));
                    }

                    i = Value(words, i + 2, next, matches);
                    break;
                case "ct" when next == "state":
                    i = Value(words, i + 2, "state", matches);
                    break;
                case "ct" when next is "timeout" or "helper" && i + 2 < words.Count && words[i + 2].Text == "set":
                    i += 4;
                    break;
                case "icmp" or "icmpv6":
                    matches.Add(new NftMatch("proto", false, [word]));
                    i = Value(words, i + 2, "other:icmp", matches);
                    break;
                case "counter":
                    i += next == "packets" ? 5 : 1;
                    break;
                case "comment":
                    i += 2;
                    break;
                case "log":
                    i++;
                    while (i < words.Count && words[i].Text is "prefix" or "group" or "level" or "snaplen" or "queue-threshold" or "flags")
                    {
                        i += 2;
                    }

                    break;
                case "accept" or "drop" or "return" or "continue" or "queue":
                    verdict = word;
                    i++;
                    break;
                case "reject":
                    // "with tcp reset" and its kin say how, not what.
                    verdict = word;
                    i = words.Count;
                    break;
                case "jump" or "goto":
                    verdict = $"{word} {next}";
                    i += 2;
                    break;
                default:
                    matches.Add(new NftMatch($"other:{word}", false, [next]));
                    i++;
                    break;
            }
        }

        return new NftRule(words.Count == 0 ? 0 : words[0].Line, string.Join(' ', words.Select(w => w.Text)), matches, verdict);
    }

    private static int Value(IReadOnlyList<Token> words, int at, string key, List<NftMatch> matches)
    {
        var isNot = at < words.Count && words[at].Text is "!=" or "!";
        at += isNot || (at < words.Count && words[at].Text is "==" or "eq") ? 1 : 0;
        var values = new List<string>();
        if (at < words.Count && words[at].Text == "{")
        {
            for (at++; at < words.Count && words[at].Text != "}"; at++)
            {
                if (words[at].Text != ",")
                {
                    values.Add(words[at].Text);
                }
            }

            at++;
        }
        else if (at < words.Count)
        {
            values.Add(words[at++].Text);
            while (at + 1 < words.Count && words[at].Text == ",")
            {
                values.Add(words[at + 1].Text);
                at += 2;
            }
        }

        matches.Add(new NftMatch(key, isNot, values));
        return at;
    }
}
