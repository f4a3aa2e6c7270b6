using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>Scalars and short lists of the YAML that we write (YAML 1.2).</summary>
internal static class Yaml
{
    // What a flow sequence or mapping would take for its own.
    private const string Plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/:";

    /// <summary>The text as a scalar: plain where that can't be misread, else in double quotes.</summary>
    public static string Text(string text)
    {
        var first = text.Length > 0 ? text[0] : ' ';
        // A text that a reader may take for a number, a flag or nothing needs quotes; so does a colon at the end.
        var isPlain = text.All(c => Plain.Contains(c)) && char.IsAsciiLetter(first) && !text.EndsWith(':')
            && text.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n");
        return isPlain || System.Net.IPAddress.TryParse(text, out _) && text.Contains('.') || System.Net.IPNetwork.TryParse(text, out _) && !text.StartsWith(':') ? text : Quoted(text);
    }

    /// <summary>A list on one line.</summary>
    public static string List(IEnumerable<string> items) => $"[{string.Join(", ", items.Select(Text))}]";

    /// <summary>A time span in the largest unit that is exact: 90s, 15m, 2h.</summary>
    public static string Duration(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        return seconds % 3600 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}h")
            : seconds % 60 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds}s");
    }

    /// <summary>Where a secret is kept, as a settings file names it.</summary>
    public static string Secret(SecretReference place) => place.Place == SecretPlace.File ? $"{{ file: {Text(place.Name)} }}" : $"{{ environment: {Text(place.Name)} }}";

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                _ when char.IsControl(c) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
