using System.Globalization;
using System.Text;

namespace Culvert.Cli;

/// <summary>Requests well formed and not: what must open, what must be refused, and that nothing hangs.</summary>
internal static class RequestCases
{
    private const string Group = "request";

    public static IEnumerable<SuiteCase> All { get; } =
    [
        Opens("in pieces of one byte", async (s, t, echo) =>
        {
            var c = await s.OpenAsync(t);
            foreach (var b in $"CONNECT {echo} HTTP/1.1\r\nHost: {echo}\r\n\r\n")
            {
                await c.SendAsync(b.ToString(), t);
            }

            return c;
        }),
        Opens("with field names in any case and unknown fields", (s, t, echo) => AskAsync(s, $"CONNECT {echo} HTTP/1.1\r\nhOsT: {echo}\r\nx-unknown:   yes  \r\nProxy-Connection: keep-alive\r\n\r\n", t)),
        Opens("with fifty fields", (s, t, echo) => AskAsync(s, $"CONNECT {echo} HTTP/1.1\r\nHost: {echo}\r\n{string.Concat(Enumerable.Range(0, 50).Select(i => $"X-{i}: {i}\r\n"))}\r\n", t)),
        Refuses("a host that is not on the list", SuiteMode.Direct, s => Connect(s.Destinations.Unlisted.ToString()), expected: 403),
        Refuses("a port that is not on the list", SuiteMode.Child, _ => Connect($"good.{SuiteParent.Domain}:22"), expected: 403),
        Refuses("a name that ends like one on the list", SuiteMode.Child, _ => Connect($"evilgood.{SuiteParent.Domain}:443"), expected: 403),
        Refuses("a name that begins like one on the list", SuiteMode.Child, _ => Connect($"good.{SuiteParent.Domain}.evil.example:443"), expected: 403),
        Refuses("a name below one on the list", SuiteMode.Child, _ => Connect($"sub.good.{SuiteParent.Domain}:443"), expected: 403),
        Refuses("a metadata address", SuiteMode.Direct, _ => Connect("169.254.169.254:80"), expected: 403),
        Refuses("a user name before the host", SuiteMode.Direct, s => Connect($"user@{s.Destinations.Echo}")),
        Refuses("a host without a port", SuiteMode.Direct, _ => Connect("127.0.0.1")),
        Refuses("port 0", SuiteMode.Direct, _ => Connect("127.0.0.1:0")),
        Refuses("a port beyond 65535", SuiteMode.Direct, s => Connect($"127.0.0.1:{(s.Destinations.Echo.Port + 65536).ToString(CultureInfo.InvariantCulture)}")),
        Refuses("another spelling of an address", SuiteMode.Direct, s => Connect($"2130706433:{s.Destinations.Unlisted.Port.ToString(CultureInfo.InvariantCulture)}")),
        Refuses("an empty host", SuiteMode.Direct, s => Connect($":{s.Destinations.Echo.Port.ToString(CultureInfo.InvariantCulture)}")),
        Refuses("a target with a line break in it", SuiteMode.Direct, s => $"CONNECT {s.Destinations.Unlisted}\r\nX: y HTTP/1.1\r\n\r\n"),
        Refuses("GET of a listed host", SuiteMode.Direct, s => $"GET http://{s.Destinations.Echo}/ HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\nConnection: close\r\n\r\n"),
        Refuses("POST of a listed host", SuiteMode.Direct, s => $"POST http://{s.Destinations.Echo}/ HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        Refuses("TRACE", SuiteMode.Direct, s => $"TRACE http://{s.Destinations.Echo}/ HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\nConnection: close\r\n\r\n"),
        Refuses("a request for itself", SuiteMode.Direct, s => $"GET / HTTP/1.1\r\nHost: {s.Proxy}\r\nConnection: close\r\n\r\n"),
        Refuses("an unknown HTTP version", SuiteMode.Direct, s => $"CONNECT {s.Destinations.Echo} HTTP/7.3\r\nHost: {s.Destinations.Echo}\r\n\r\n"),
        Refuses("a TLS hello", SuiteMode.Direct, _ => "\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0000\r\n\r\n"),
        Refuses("garbage", SuiteMode.Direct, _ => "\u0000\u00ff\u0001 what is this\r\n\r\n"),
        Refuses("a header of 300 KiB", SuiteMode.Direct, s => $"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\nX-Bomb: {new string('x', 300 * 1024)}\r\n\r\n"),
        Refuses("20000 fields", SuiteMode.Direct, s => $"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\n{string.Concat(Enumerable.Repeat("X-Many: 1\r\n", 20_000))}\r\n"),
        new(Group, "goes where the request line says when Host says otherwise, or refuses", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await AskAsync(s, $"CONNECT {s.Destinations.SpeaksFirst} HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\n\r\n", t);
            await c.ReadAnswerAsync(SuiteSetting.Patience, t);
            var first = c.Opened ? await c.ReadAsync(SuiteDestinations.Banner.Length, t) : "";
            return SuiteOutcome.Of(c.Refused || first == SuiteDestinations.Banner, $"{c.Words} {first.TrimEnd()}");
        }),
        new(Group, "answers a request whose Via is wrong", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await AskAsync(s, $"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\nVia: , 1.1, nonsense (\r\nVia: {new string('9', 900)}\r\n\r\n", t);
            await c.ReadAnswerAsync(SuiteSetting.Patience, t);
            return SuiteOutcome.Of(c.Opened ? await c.EchoesAsync("hello", t) : c.Status >= 400, c.Words);
        }),
        new(Group, "never takes a body of CONNECT for a second request", SuiteMode.Direct, (s, t) => SmuggleAsync(s, "Content-Length: {0}\r\n", "{1}", t)),
        new(Group, "never takes a chunked body of CONNECT for a second request", SuiteMode.Direct, (s, t) => SmuggleAsync(s, "Transfer-Encoding: chunked\r\n", "0\r\n\r\n{1}", t)),
        new(Group, "never takes bytes after a refused request for a request that opens the list", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await AskAsync(s, Connect(s.Destinations.Unlisted.ToString()) + Connect(s.Destinations.Unlisted.ToString()), t);
            await c.ReadAnswerAsync(SuiteSetting.Patience, t);
            var first = c.Words;
            await c.ReadAnswerAsync(TimeSpan.FromSeconds(3), t);
            return SuiteOutcome.Of(!c.Opened, $"{first}; then {c.Words}");
        }),
        new(Group, "leaves a client that sends half a request", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await AskAsync(s, $"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: ", t);
            return SuiteOutcome.Of(await c.EndsAsync(SuiteSetting.Patience, t), c.Ended ? "left" : "still waits after 15 s");
        }),
        new(Group, "leaves a client that says nothing", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await s.OpenAsync(t);
            return SuiteOutcome.Of(await c.EndsAsync(SuiteSetting.Patience, t), c.Ended ? "left" : "still waits after 15 s");
        }),
        new(Group, "leaves a client that sends one byte a second", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await s.OpenAsync(t);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(t);
            var dripping = DripAsync(c, $"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nX: {new string('x', 500)}", s.Clock, stop.Token);
            var left = await c.EndsAsync(SuiteSetting.Patience, t);
            await stop.CancelAsync();
            await dripping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return SuiteOutcome.Of(left, left ? "left" : "still waits after 15 s");
        }),
        new(Group, "serves others while many clients say nothing", SuiteMode.Direct, async (s, t) =>
        {
            var silent = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => s.OpenAsync(t)));
            var good = await s.GoodTunnelsAsync(s.Destinations.Echo, 5, t);
            foreach (var one in silent)
            {
                await one.DisposeAsync();
            }

            return SuiteOutcome.Of(good == 5, $"{good} of 5 tunnels beside 100 silent clients");
        }),
    ];

    private static string Connect(string target) => $"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n";

    private static SuiteCase Opens(string name, Func<SuiteSetting, CancellationToken, HostPort, Task<SuiteConnection>> ask) =>
        new(Group, $"takes a request {name}", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await ask(s, t, s.Destinations.Echo);
            await c.ReadAnswerAsync(SuiteSetting.Patience, t);
            return SuiteOutcome.Of(c.Opened && await c.EchoesAsync("hello", t), c.Words);
        });

    private static SuiteCase Refuses(string name, SuiteMode mode, Func<SuiteSetting, string> request, int? expected = null) =>
        new(Group, $"refuses {name}", mode, async (s, t) =>
        {
            await using var c = await AskAsync(s, request(s), t);
            await c.ReadAnswerAsync(SuiteSetting.Patience, t);
            return SuiteOutcome.Of(expected is null ? c.Refused : c.Status == expected, c.Words);
        });

    private static async Task<SuiteConnection> AskAsync(SuiteSetting s, string request, CancellationToken t)
    {
        var c = await s.OpenAsync(t);
        await c.SendAsync(request, t);
        return c;
    }

    /// <summary>Behind a CONNECT to a good destination comes a CONNECT to an unlisted one. The inner bytes may go into the tunnel or be refused with the rest; they must not be obeyed.</summary>
    private static async Task<SuiteOutcome> SmuggleAsync(SuiteSetting s, string field, string body, CancellationToken t)
    {
        var inner = Connect(s.Destinations.Unlisted.ToString());
        var length = Encoding.Latin1.GetByteCount(inner).ToString(CultureInfo.InvariantCulture);
        var sent = body.Replace("{1}", inner, StringComparison.Ordinal);
        await using var c = await AskAsync(s, $"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\n{field.Replace("{0}", length, StringComparison.Ordinal)}\r\n{sent}", t);
        await c.ReadAnswerAsync(SuiteSetting.Patience, t);
        if (!c.Opened)
        {
            return SuiteOutcome.Of(c.Refused, c.Words);
        }

        var back = await c.ReadAsync(sent.Length, t, TimeSpan.FromSeconds(3));
        return SuiteOutcome.Of(!back.Contains("HTTP/1.1 200", StringComparison.Ordinal) && !back.Contains("HTTP/1.0 200", StringComparison.Ordinal), $"{c.Words}; {(back == sent ? "the body went into the tunnel" : $"{back.Length} bytes in the tunnel")}");
    }

    private static async Task DripAsync(SuiteConnection c, string text, TimeProvider clock, CancellationToken t)
    {
        foreach (var b in text)
        {
            await c.SendAsync(b.ToString(), t);
            await Task.Delay(TimeSpan.FromSeconds(1), clock, t);
        }
    }
}
