using System.Net;
using System.Text;

namespace Culvert.Checking;

/// <summary>Takes the secrets of the routes out of text that came from outside: a proxy may well quote what we sent it, whole or cut, as it is or encoded.</summary>
internal sealed class SecretScrubber
{
    // Shorter passwords would blot out ordinary words, and are found in their Base64 form all the same.
    private const int MinPlain = 4;

    // So much of the beginning of a secret is taken for it where a quotation was cut off.
    private const int MinCut = 8;
    private const string Blot = "***";
    private readonly string[] _secrets;

    public SecretScrubber(IEnumerable<Route> routes) => _secrets =
    [
        .. routes.SelectMany(r => r.Hops).Select(h => h.Credentials).OfType<HopCredentials>()
            .SelectMany(c => (IEnumerable<string>)[Convert.ToBase64String(Encoding.UTF8.GetBytes($"{c.UserName}:{c.Password}")), .. Forms(c.Password)])
            .Where(s => s.Length >= MinPlain).Distinct().OrderByDescending(s => s.Length),
    ];

    /// <summary>Takes out whole secrets.</summary>
    public string Clean(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Blot, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Takes out secrets from what a stranger said, also those of which only the beginning is left.</summary>
    public string CleanQuoted(string text)
    {
        text = Clean(text);
        var clean = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            // Forms of one password begin alike: the one that goes furthest counts.
            var same = _secrets.Select(s => text.AsSpan(at).CommonPrefixLength(s)).DefaultIfEmpty().Max();
            _ = same >= MinCut ? clean.Append(Blot) : clean.Append(text[at]);
            at += same >= MinCut ? same : 1;
        }

        return clean.ToString();
    }

    public Trace Clean(Trace trace) => trace with { Steps = [.. trace.Steps.Select(s => s.Evidence is null ? s : s with { Evidence = CleanQuoted(s.Evidence) })] };

    public Finding Clean(Finding finding) => finding with { Summary = Clean(finding.Summary), Evidence = [.. finding.Evidence.Select(CleanQuoted)] };

    /// <summary>A password as it is, as an address, a page, or our own cleaning of a stranger's text would show it.</summary>
    private static IEnumerable<string> Forms(string password) =>
    [
        password, Uri.EscapeDataString(password), WebUtility.UrlEncode(password), WebUtility.HtmlEncode(password), Convert.ToBase64String(Encoding.UTF8.GetBytes(password)),
        HttpHead.Clean(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(password)), int.MaxValue), HttpHead.Clean(password, int.MaxValue),
    ];
}
