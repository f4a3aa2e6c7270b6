using System.Text;

namespace Culvert.Tunnels;

/// <summary>Walks over the words, tokens and parameters of an authentication field (RFC 9110, section 11.2).</summary>
internal sealed class ParameterReader(string text)
{
    private const int MaxParameters = 32;
    private int _position;

    public bool At(char c)
    {
        SkipSpace();
        return _position < text.Length && text[_position] == c;
    }

    /// <summary>The next word, past commas and spaces; null at the end. A character that belongs to no word is passed over.</summary>
    public string? Word()
    {
        while (_position < text.Length && !IsTokenChar(text[_position]))
        {
            _position++;
        }

        return _position < text.Length ? Token() : null;
    }

    /// <summary>A token68 that stands alone, else null and nothing is read.</summary>
    public string? Token68()
    {
        var start = _position;
        SkipSpace();
        var from = _position;
        while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || "-._~+/".Contains(text[_position], StringComparison.Ordinal)))
        {
            _position++;
        }

        var padded = _position;
        while (padded < text.Length && text[padded] == '=')
        {
            padded++;
        }

        var after = padded;
        while (after < text.Length && text[after] is ' ' or '\t')
        {
            after++;
        }

        // "realm=x" is a parameter: something follows its one equals sign. A word alone is the next scheme unless the field ends after it.
        if (padded > from && (after == text.Length || text[after] == ',') && from > 0 && text[from - 1] is ' ' or '\t')
        {
            _position = after;
            return text[from..padded];
        }

        _position = start;
        return null;
    }

    /// <summary>All name=value pairs up to the next scheme or the end.</summary>
    public IReadOnlyDictionary<string, string> Parameters()
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        while (parameters.Count < MaxParameters)
        {
            var start = _position;
            if (Word() is not { } name)
            {
                break;
            }

            if (!At('='))
            {
                _position = start;
                break;
            }

            parameters.TryAdd(name.ToLowerInvariant(), Value());
        }

        return parameters;
    }

    /// <summary>The value after an equals sign.</summary>
    public string Value()
    {
        SkipSpace();
        _position++;
        SkipSpace();
        if (!At('"'))
        {
            return Token();
        }

        var value = new StringBuilder();
        for (_position++; _position < text.Length && text[_position] != '"'; _position++)
        {
            if (text[_position] == '\\' && _position + 1 < text.Length)
            {
                _position++;
            }

            value.Append(text[_position]);
        }

        _position++;
        return value.ToString();
    }

    private string Token()
    {
        var start = _position;
        while (_position < text.Length && IsTokenChar(text[_position]))
        {
            _position++;
        }

        return text[start..Math.Min(_position, text.Length)];
    }

    private void SkipSpace()
    {
        while (_position < text.Length && text[_position] is ' ' or '\t')
        {
            _position++;
        }
    }

    private static bool IsTokenChar(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~/:".Contains(c, StringComparison.Ordinal);
}
