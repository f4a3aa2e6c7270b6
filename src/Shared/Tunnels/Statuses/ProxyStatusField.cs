using System.Globalization;
using System.Text;

namespace Culvert.Tunnels;

/// <summary>Reads and writes the Proxy-Status field, a structured field list (RFC 9209; RFC 8941, sections 3.1 and 4).</summary>
public static class ProxyStatusField
{
    /// <summary>The field's name.</summary>
    public const string Name = "Proxy-Status";

    /// <summary>More members than this are cut off: a chain is never that long, so the rest is hostile.</summary>
    public const int MaxEntries = 16;

    private const int MaxText = 256;

    /// <summary>Reads the members in order, nearest to the destination first. What cannot be read ends the list; it never throws.</summary>
    public static IReadOnlyList<ProxyStatusEntry> Read(string? value)
    {
        var entries = new List<ProxyStatusEntry>();
        if (value is null)
        {
            return entries;
        }

        var position = 0;
        while (entries.Count < MaxEntries && ReadMember(value, ref position) is { } entry)
        {
            entries.Add(entry);
            SkipSpace(value, ref position);
            if (position >= value.Length || value[position] != ',')
            {
                break;
            }

            position++;
        }

        return entries;
    }

    /// <summary>Writes the members, nearest to the destination first.</summary>
    public static string Write(IEnumerable<ProxyStatusEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var text = new StringBuilder();
        foreach (var entry in entries)
        {
            text.Append(text.Length > 0 ? ", " : "");
            AppendItem(text, entry.Proxy);
            Append(text, "error", entry.Error);
            Append(text, "next-hop", entry.NextHop);
            if (entry.ReceivedStatus is { } status)
            {
                text.Append(CultureInfo.InvariantCulture, $"; received-status={status}");
            }

            AppendString(text, "rcode", entry.ResponseCode);
            AppendString(text, "details", entry.Details);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string key, string? value)
    {
        if (value is not null)
        {
            text.Append("; ").Append(key).Append('=');
            AppendItem(text, value);
        }
    }

    private static void AppendString(StringBuilder text, string key, string? value)
    {
        if (value is not null)
        {
            text.Append("; ").Append(key).Append('=');
            AppendQuoted(text, value);
        }
    }

    private static void AppendItem(StringBuilder text, string value)
    {
        if (IsToken(value))
        {
            text.Append(value);
        }
        else
        {
            AppendQuoted(text, value);
        }
    }

    private static void AppendQuoted(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value.Take(MaxText))
        {
            // A string holds printable ASCII only (RFC 8941, section 3.3.3).
            _ = c switch
            {
                '"' or '\\' => text.Append('\\').Append(c),
                >= ' ' and <= '~' => text.Append(c),
                _ => text.Append('?'),
            };
        }

        text.Append('"');
    }

    private static bool IsToken(string value) =>
        value.Length > 0 && (char.IsAsciiLetter(value[0]) || value[0] == '*') && value.All(IsTokenChar);

    private static bool IsTokenChar(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~:/".Contains(c, StringComparison.Ordinal);

    private static ProxyStatusEntry? ReadMember(string value, ref int position)
    {
        SkipSpace(value, ref position);
        if (ReadItem(value, ref position) is not { Length: > 0 } name)
        {
            return null;
        }

        var entry = new ProxyStatusEntry { Proxy = name };
        while (true)
        {
            SkipSpace(value, ref position);
            if (position >= value.Length || value[position] != ';')
            {
                return entry;
            }

            position++;
            SkipSpace(value, ref position);
            var start = position;
            while (position < value.Length && (char.IsAsciiLetterLower(value[position]) || char.IsAsciiDigit(value[position]) || "_-.*".Contains(value[position])))
            {
                position++;
            }

            var key = value[start..position];
            string? parameter = "1";
            if (position < value.Length && value[position] == '=')
            {
                position++;
                parameter = ReadItem(value, ref position);
            }

            if (key.Length == 0 || parameter is null)
            {
                return entry;
            }

            entry = key switch
            {
                "error" => entry with { Error = parameter },
                "next-hop" => entry with { NextHop = parameter },
                "received-status" => entry with { ReceivedStatus = int.TryParse(parameter, NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : null },
                "rcode" => entry with { ResponseCode = parameter },
                "details" => entry with { Details = parameter },
                _ => entry,
            };
        }
    }

    private static string? ReadItem(string value, ref int position)
    {
        if (position >= value.Length)
        {
            return null;
        }

        if (value[position] != '"')
        {
            var start = position;
            while (position < value.Length && (IsTokenChar(value[position]) || value[position] == '?'))
            {
                position++;
            }

            return Cut(value[start..position]);
        }

        var text = new StringBuilder();
        for (position++; position < value.Length; position++)
        {
            var c = value[position];
            if (c == '"')
            {
                position++;
                return Cut(text.ToString());
            }

            if (c == '\\' && ++position >= value.Length)
            {
                return null;
            }

            text.Append(value[position]);
        }

        return null;
    }

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText];

    private static void SkipSpace(string value, ref int position)
    {
        while (position < value.Length && value[position] is ' ' or '\t')
        {
            position++;
        }
    }
}
