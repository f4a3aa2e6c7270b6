using System.Text;

namespace Culvert.Checking;

/// <summary>Takes the secrets of the routes out of text that came from outside: a proxy may well quote what we sent it.</summary>
internal sealed class SecretScrubber
{
    // Shorter passwords would blot out ordinary words, and are found in their Base64 form all the same.
    private const int MinPlain = 4;
    private readonly string[] _secrets;

    public SecretScrubber(IEnumerable<Route> routes) => _secrets =
    [
        .. routes.SelectMany(r => r.Hops).Select(h => h.Credentials).OfType<HopCredentials>()
            .SelectMany(c => (string[])[Convert.ToBase64String(Encoding.UTF8.GetBytes($"{c.UserName}:{c.Password}")), c.Password])
            .Where(s => s.Length >= MinPlain).Distinct().OrderByDescending(s => s.Length),
    ];

    public string Clean(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return text;
    }

    public Trace Clean(Trace trace) => trace with { Steps = [.. trace.Steps.Select(s => s.Evidence is null ? s : s with { Evidence = Clean(s.Evidence) })] };

    public Finding Clean(Finding finding) => finding with { Summary = Clean(finding.Summary), Evidence = [.. finding.Evidence.Select(Clean)] };
}
