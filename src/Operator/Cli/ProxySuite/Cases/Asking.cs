using System.Globalization;
using System.Text;

namespace Culvert.Cli;

/// <summary>What many cases about requests have in common.</summary>
internal static class Asking
{
    public static string Connect(string target) => $"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n";

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    public static async Task<SuiteConnection> AskAsync(SuiteSetting s, string request, CancellationToken t)
    {
        var c = await s.OpenAsync(t);
        await c.SendAsync(request, t);
        return c;
    }

    /// <summary>A request that opens a tunnel.</summary>
    public static SuiteCase Opens(string group, string name, Func<SuiteSetting, CancellationToken, HostPort, Task<SuiteConnection>> ask) =>
        new(group, $"takes a request {name}", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await ask(s, t, s.Destinations.Echo);
            await c.ReadAnswerAsync(SuiteSetting.Patience, t);
            return SuiteOutcome.Of(c.Opened && await c.EchoesAsync("hello", t), c.Words);
        })
        { Expected = "a status 2xx, and what is sent comes back" };

    /// <summary>A request that opens no tunnel.</summary>
    public static SuiteCase Refuses(string group, string name, SuiteMode mode, Func<SuiteSetting, string> request, int? expected = null) =>
        new(group, $"refuses {name}", mode, async (s, t) =>
        {
            await using var c = await AskAsync(s, request(s), t);
            await c.ReadAnswerAsync(SuiteSetting.Patience, t);
            return SuiteOutcome.Of(expected is null ? c.Refused : c.Status == expected, c.Words);
        })
        { Expected = expected is null ? "a status 4xx or 5xx, or the connection ends" : $"the status {expected}" };

    /// <summary>A request that may be read leniently or refused; it must lead nowhere else, and the client must not wait.</summary>
    public static SuiteCase Decides(string group, string name, Func<SuiteSetting, string> request) =>
        new(group, $"takes or refuses {name}, and leads nowhere else", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await AskAsync(s, request(s), t);
            await c.ReadAnswerAsync(SuiteSetting.Patience, t);
            return SuiteOutcome.Of(c.Opened ? await c.EchoesAsync("hello", t) : c.Refused, c.Words);
        })
        { Expected = "a tunnel to the listed destination, or a refusal" };

    /// <summary>Behind a CONNECT to a good destination comes a CONNECT to an unlisted one. The inner bytes may go into the tunnel or be refused with the rest; they must not be obeyed.</summary>
    public static SuiteCase Smuggles(string group, string name, string fields, string body) =>
        new(group, $"never takes {name} for a second request", SuiteMode.Direct, (s, t) => SmuggleAsync(s, fields, body, t))
        { Expected = "a refusal, or the bytes in the tunnel as they are" };

    private static async Task<SuiteOutcome> SmuggleAsync(SuiteSetting s, string fields, string body, CancellationToken t)
    {
        var inner = Connect(s.Destinations.Unlisted.ToString());
        var length = Number(Encoding.Latin1.GetByteCount(inner));
        string Fill(string text) => text.Replace("{0}", length, StringComparison.Ordinal).Replace("{1}", inner, StringComparison.Ordinal);
        var sent = Fill(body);
        await using var c = await AskAsync(s, $"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\n{Fill(fields)}\r\n{sent}", t);
        await c.ReadAnswerAsync(SuiteSetting.Patience, t);
        if (!c.Opened)
        {
            return SuiteOutcome.Of(c.Refused, c.Words);
        }

        var back = await c.ReadAsync(sent.Length, t, TimeSpan.FromSeconds(3));
        return SuiteOutcome.Of(
            !back.Contains("HTTP/1.1 200", StringComparison.Ordinal) && !back.Contains("HTTP/1.0 200", StringComparison.Ordinal),
            $"{c.Words}; {(back == sent ? "the body went into the tunnel" : $"{back.Length} bytes in the tunnel")}");
    }
}
