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
        Opens("of HTTP/1.0 without Host", (s, t, echo) => AskAsync(s, $"CONNECT {echo} HTTP/1.0\r\n\r\n", t)),
        Opens("whose Host has no port", (s, t, echo) => AskAsync(s, $"CONNECT {echo} HTTP/1.1\r\nHost: {echo.Host}\r\n\r\n", t)),
        Opens("with credentials that nobody asked for", (s, t, echo) => AskAsync(s, $"CONNECT {echo} HTTP/1.1\r\nHost: {echo}\r\nProxy-Authorization: Basic eDp5\r\n\r\n", t)),
        Opens("with a User-Agent of 4 KiB", (s, t, echo) => AskAsync(s, $"CONNECT {echo} HTTP/1.1\r\nHost: {echo}\r\nUser-Agent: {new string('u', 4096)}\r\n\r\n", t)),
        Opens("that came over another proxy", (s, t, echo) => AskAsync(s, $"CONNECT {echo} HTTP/1.1\r\nHost: {echo}\r\nVia: 1.1 another.example\r\n\r\n", t)),
        Opens("with an empty field", (s, t, echo) => AskAsync(s, $"CONNECT {echo} HTTP/1.1\r\nHost: {echo}\r\nX-Empty:\r\n\r\n", t)),
        Opens("for a name, in any case", (s, t, _) => AskAsync(s, Connect(s.Destinations.Named.ToString().ToUpperInvariant()), t)),
        Refuses("a host that is not on the list", SuiteMode.Direct, s => Connect(s.Destinations.Unlisted.ToString()), expected: 403),
        Refuses("a port that is not on the list", SuiteMode.Child, _ => Connect($"good.{SuiteParent.Domain}:22"), expected: 403),
        Refuses("a name that ends like one on the list", SuiteMode.Child, _ => Connect($"evilgood.{SuiteParent.Domain}:443"), expected: 403),
        Refuses("a name that begins like one on the list", SuiteMode.Child, _ => Connect($"good.{SuiteParent.Domain}.evil.example:443"), expected: 403),
        Refuses("a name below one on the list", SuiteMode.Child, _ => Connect($"sub.good.{SuiteParent.Domain}:443"), expected: 403),
        Refuses("GET of a listed host", SuiteMode.Direct, s => $"GET http://{s.Destinations.Echo}/ HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\nConnection: close\r\n\r\n"),
        Refuses("POST of a listed host", SuiteMode.Direct, s => $"POST http://{s.Destinations.Echo}/ HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        Refuses("TRACE", SuiteMode.Direct, s => $"TRACE http://{s.Destinations.Echo}/ HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\nConnection: close\r\n\r\n"),
        Refuses("OPTIONS", SuiteMode.Direct, s => $"OPTIONS * HTTP/1.1\r\nHost: {s.Proxy}\r\nConnection: close\r\n\r\n"),
        Refuses("PUT of a listed host", SuiteMode.Direct, s => $"PUT http://{s.Destinations.Echo}/ HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"),
        Refuses("a WebSocket upgrade of its own", SuiteMode.Direct, s => $"GET http://{s.Destinations.Echo}/ HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"),
        Refuses("an upgrade to HTTP/2", SuiteMode.Direct, _ => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Refuses("a SOCKS5 greeting", SuiteMode.Direct, _ => "\u0005\u0001\0\r\n\r\n"),
        Refuses("a SOCKS4 request", SuiteMode.Direct, _ => "\u0004\u0001\u0001\u00bb\u007f\0\0\u0001\0\r\n\r\n"),
        Refuses("an SSH client", SuiteMode.Direct, _ => "SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        Refuses("a PROXY header of version 1 from anybody", SuiteMode.Direct, s => $"PROXY TCP4 10.9.9.9 127.0.0.1 1234 443\r\n{Connect(s.Destinations.Unlisted.ToString())}"),
        Refuses("a PROXY header of version 2 from anybody", SuiteMode.Direct, s => $"\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u000a\u0009\u0009\u0009\u007f\0\0\u0001\u0012\u0034\u0001\u00bb{Connect(s.Destinations.Unlisted.ToString())}"),
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
        new(Group, "never takes bytes after a refused request for a request that opens the list", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await AskAsync(s, Connect(s.Destinations.Unlisted.ToString()) + Connect(s.Destinations.Unlisted.ToString()), t);
            await c.ReadAnswerAsync(SuiteSetting.Patience, t);
            var first = c.Words;
            await c.ReadAnswerAsync(TimeSpan.FromSeconds(3), t);
            return SuiteOutcome.Of(!c.Opened, $"{first}; then {c.Words}");
        }),
        new(Group, "leaves a client that sends one field every second, without end", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await AskAsync(s, $"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\n", t);
            for (var i = 0; i < 15 && !c.Ended; i++)
            {
                await c.SendAsync($"X-{Asking.Number(i)}: y\r\n", t);
                await c.EndsAsync(TimeSpan.FromSeconds(1), t);
            }

            return SuiteOutcome.Of(c.Ended, c.Ended ? "left" : "still waits after 15 s");
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
    ];

    private static SuiteCase Opens(string name, Func<SuiteSetting, CancellationToken, HostPort, Task<SuiteConnection>> ask) => Asking.Opens(Group, name, ask);

    private static SuiteCase Refuses(string name, SuiteMode mode, Func<SuiteSetting, string> request, int? expected = null) => Asking.Refuses(Group, name, mode, request, expected);

    private static Task<SuiteConnection> AskAsync(SuiteSetting s, string request, CancellationToken t) => Asking.AskAsync(s, request, t);

    private static string Connect(string target) => Asking.Connect(target);

    private static async Task DripAsync(SuiteConnection c, string text, TimeProvider clock, CancellationToken t)
    {
        foreach (var b in text)
        {
            await c.SendAsync(b.ToString(), t);
            await Task.Delay(TimeSpan.FromSeconds(1), clock, t);
        }
    }
}
