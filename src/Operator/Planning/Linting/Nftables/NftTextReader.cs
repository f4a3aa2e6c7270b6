using System.Globalization;
using Token = Culvert.Planning.NftTokens.Token;

namespace Culvert.Planning;

/// <summary>Reads nftables text: files, and what <c>nft list ruleset</c> prints. What it does not know is a condition that it does not understand.</summary>
internal sealed class NftTextReader
{
    private readonly List<Token> _tokens;
    private readonly List<NftChain> _chains = [];
    private readonly List<NftTimeout> _timeouts = [];
    private int _at;

    private NftTextReader(string text) => _tokens = NftTokens.Split(text);

    public static NftRuleset Read(string text)
    {
        var reader = new NftTextReader(text);
        reader.ReadAll();
        return new NftRuleset(reader._chains, reader._timeouts);
    }

    private bool HasMore => _at < _tokens.Count;

    private string Now => HasMore ? _tokens[_at].Text : "";

    private void ReadAll()
    {
        while (HasMore)
        {
            var words = Statement();
            if (words is [{ Text: "table" }, ..] && Now == "{")
            {
                _at++;
                ReadTable(words[^1].Text);
            }
            else if (Now == "{")
            {
                SkipBlock();
            }
            else if (words.SkipWhile(w => w.Text is "nft" or "-f").ToList() is [{ Text: "add" or "insert" }, { Text: "rule" }, ..] command)
            {
                AddRule(command);
            }
        }
    }

    // "add rule [family] table chain rule": the family is one of six words.
    private void AddRule(List<Token> command)
    {
        var skip = command.Count > 2 && command[2].Text is "ip" or "ip6" or "inet" or "arp" or "bridge" or "netdev" ? 3 : 2;
        if (command.Count > skip + 2)
        {
            Chain(command[skip].Text, command[skip + 1].Text, command[0].Line).Rules.Add(NftRuleReader.Read(command[(skip + 2)..]));
        }
    }

    private NftChain Chain(string table, string name, int line)
    {
        var chain = _chains.Find(c => c.Table == table && c.Name == name);
        if (chain is null)
        {
            _chains.Add(chain = new NftChain(table, name, line));
        }

        return chain;
    }

    // Words up to the end of the statement or the beginning of a block; a set in braces belongs to the words once a rule has begun.
    private List<Token> Statement()
    {
        var words = new List<Token>();
        while (HasMore && !_tokens[_at].IsEnd && Now is not ("{" or "}"))
        {
            words.Add(_tokens[_at++]);
            if (Now == "{" && words[0].Text is not ("table" or "chain" or "set" or "map" or "ct" or "flowtable" or "counter" or "quota" or "limit" or "define"))
            {
                Braces(words);
            }
        }

        if (HasMore && (_tokens[_at].IsEnd || (Now == "}" && words.Count == 0)))
        {
            _at++;
        }

        return words;
    }

    // In "ct state" and "limit rate" within a chain a brace begins a set of values too.
    private List<Token> RuleWords()
    {
        var words = new List<Token>();
        while (HasMore && !_tokens[_at].IsEnd && Now != "}")
        {
            if (Now == "{")
            {
                Braces(words);
            }
            else
            {
                words.Add(_tokens[_at++]);
            }
        }

        if (HasMore && _tokens[_at].IsEnd)
        {
            _at++;
        }

        return words;
    }

    private void Braces(List<Token> words)
    {
        var depth = 0;
        while (HasMore)
        {
            var token = _tokens[_at++];
            depth += token.Text switch { "{" => 1, "}" => -1, _ => 0 };
            if (!token.IsEnd)
            {
                words.Add(token);
            }

            if (depth == 0)
            {
                return;
            }
        }
    }

    private void SkipBlock() => Braces([]);

    private void ReadTable(string table)
    {
        while (HasMore && Now != "}")
        {
            if (_tokens[_at].IsEnd)
            {
                _at++;
                continue;
            }

            var begin = _at;
            var line = _tokens[_at].Line;
            var words = Statement();
            if (words is [{ Text: "chain" }, var name, ..] && Now == "{")
            {
                _at++;
                ReadChain(Chain(table, name.Text, line));
            }
            else if (words is [{ Text: "ct" }, { Text: "timeout" }, var timeout, ..] && Now == "{")
            {
                ReadTimeout(timeout);
            }
            else if (Now == "{")
            {
                SkipBlock();
            }

            // Whatever stands here, no token is looked at for ever.
            _at = Math.Max(_at, begin + 1);
        }

        _at++;
    }

    private void ReadChain(NftChain chain)
    {
        while (HasMore && Now != "}")
        {
            if (_tokens[_at].IsEnd)
            {
                _at++;
                continue;
            }

            var words = RuleWords();
            if (words is [{ Text: "type" }, var type, ..])
            {
                chain.Type = type.Text;
                chain.Hook = After(words, "hook");
                chain.Policy = After(words, "policy") ?? chain.Policy;
            }
            else if (words is [{ Text: "policy" }, var policy, ..])
            {
                chain.Policy = policy.Text;
            }
            else if (words.Count > 0 && words[0].Text != "comment")
            {
                chain.Rules.Add(NftRuleReader.Read(words));
            }
        }

        _at++;
    }

    private void ReadTimeout(Token name)
    {
        var words = new List<Token>();
        Braces(words);
        for (var i = 0; i + 1 < words.Count; i++)
        {
            var text = words[i].Text.TrimEnd(':');
            var value = words[i].Text.EndsWith(':') ? words[i + 1].Text : words[i + 1].Text == ":" && i + 2 < words.Count ? words[i + 2].Text : null;
            if (text == "established" && value is not null && Seconds(value) is { } seconds)
            {
                _timeouts.Add(new NftTimeout(words[i].Line, name.Text, TimeSpan.FromSeconds(seconds)));
            }
        }
    }

    // Plain seconds, or 1h30m, 5m, 20s.
    private static int? Seconds(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return seconds;
        }

        var (total, number) = (0L, 0L);
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                number = (number * 10) + (c - '0');
            }
            else
            {
                total += number * c switch { 'd' => 86400, 'h' => 3600, 'm' => 60, 's' => 1, _ => 0 };
                number = 0;
            }

            if (total > int.MaxValue || number > int.MaxValue)
            {
                return int.MaxValue;
            }
        }

        return (int)total;
    }

    private static string? After(List<Token> words, string key)
    {
        var at = words.FindIndex(w => w.Text == key);
        return at >= 0 && at + 1 < words.Count ? words[at + 1].Text : null;
    }
}
