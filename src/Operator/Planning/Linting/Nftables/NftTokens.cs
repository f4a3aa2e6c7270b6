namespace Culvert.Planning;

/// <summary>Splits nftables text into words, braces and ends of statements.</summary>
internal static class NftTokens
{
    /// <summary>A word; a line's end and a semicolon are both <c>;</c>.</summary>
    public readonly record struct Token(string Text, int Line)
    {
        public bool IsEnd => Text == ";";
    }

    public static List<Token> Split(string text)
    {
        var tokens = new List<Token>();
        var line = 1;
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (c == '\n')
            {
                tokens.Add(new Token(";", line++));
                i++;
            }
            else if (c == '\\' && i + 1 < text.Length && text[i + 1] == '\n')
            {
                line++;
                i += 2;
            }
            else if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (c == '#')
            {
                while (i < text.Length && text[i] != '\n')
                {
                    i++;
                }
            }
            else if (c is '{' or '}' or ',' or ';')
            {
                tokens.Add(new Token(c.ToString(), line));
                i++;
            }
            else if (c == '"')
            {
                var end = text.IndexOf('"', i + 1);
                end = end < 0 ? text.Length : end;
                tokens.Add(new Token(text[(i + 1)..end], line));
                line += text.AsSpan(i, end - i).Count('\n');
                i = Math.Min(text.Length, end + 1);
            }
            else
            {
                var end = i;
                while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('{' or '}' or ',' or ';' or '"'))
                {
                    end++;
                }

                tokens.Add(new Token(text[i..end], line));
                i = end;
            }
        }

        tokens.Add(new Token(";", line));
        return tokens;
    }
}
