using System.Globalization;

namespace Culvert.Cli;

/// <summary>What a tunnel must carry, and how it ends.</summary>
internal static class TunnelCases
{
    private const string Group = "tunnel";

    public static IEnumerable<SuiteCase> All { get; } =
    [
        Direct("carries bytes both ways", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.Echo, t);
            return SuiteOutcome.Of(c.Opened && await c.EchoesAsync("hello", t), c.Words);
        }),
        Direct("carries a megabyte whole and in order", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.Echo, t);
            var text = SuiteDestinations.Pattern(1024 * 1024);
            var sending = c.SendAsync(text, t);
            var back = await c.ReadAsync(text.Length, t);
            await sending;
            return SuiteOutcome.Of(back == text, $"{back.Length} of {text.Length} bytes came back{(back == text ? "" : ", not the same")}");
        }),
        Direct("carries sixteen megabytes up whole", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.AnswersAtEnd, t);
            var text = SuiteDestinations.Pattern(1024 * 1024);
            for (var i = 0; i < 16; i++)
            {
                await c.SendAsync(text, t);
            }

            // Not by the end of the client's own direction: some proxies then cut the other too.
            await c.SendAsync(SuiteDestinations.EndMark, t);
            var answer = await c.ReadAsync(12, t);
            return SuiteOutcome.Of(answer == "got 16777217", $"{c.Words}; the destination {answer}");
        }),
        Direct("carries sixteen megabytes down whole", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.Pours, t);
            var got = await c.CountAsync(t);
            return SuiteOutcome.Of(got == SuiteDestinations.Poured && c.Ended, $"{got} of {SuiteDestinations.Poured} bytes{(c.Ended ? ", then the end" : "")}");
        }),
        Echoes("every byte there is", string.Concat(Enumerable.Range(0, 256).Select(b => (char)b))),
        Echoes("what looks like another CONNECT", "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n"),
        Echoes("what looks like a request for a page", "GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n"),
        Echoes("what looks like an answer", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
        Echoes("what looks like chunks", "5\r\nhello\r\n0\r\n\r\nafter the end"),
        Echoes("a TLS record", "\u0016\u0003\u0001\0\u0005\u0001\0\0\u0001\0"),
        Echoes("a PROXY header", "PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n"),
        Direct("carries two hundred messages to and fro", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.Echo, t);
            var good = 0;
            while (good < 200 && c.Opened && await c.EchoesAsync(string.Create(CultureInfo.InvariantCulture, $"{good}"), t))
            {
                good++;
            }

            return SuiteOutcome.Of(good == 200, $"{good} of 200");
        }),
        Direct("keeps a tunnel that was silent for five seconds", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.Echo, t);
            await Task.Delay(TimeSpan.FromSeconds(5), s.Clock, t);
            return SuiteOutcome.Of(c.Opened && await c.EchoesAsync("still here", t), c.Words);
        }),
        Direct("carries two hundred tunnels one after the other", async (s, t) =>
        {
            var good = await s.GoodTunnelsAsync(s.Destinations.Echo, 200, t);
            return SuiteOutcome.Of(good == 200, $"{good} of 200");
        }),
        Direct("ends the destination's side when the client closes", (s, t) => LeavesAsync(s, c => c.DisposeAsync().AsTask(), t)),
        Direct("ends the destination's side when the client resets", (s, t) => LeavesAsync(s, c => Task.Run(c.Reset), t)),
        Direct("holds a client back whose destination never reads", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.Deaf, t);
            var sent = await c.SendUntilBlockedAsync(SuiteDestinations.MostBuffered, t);
            return SuiteOutcome.Of(c.Opened && sent < SuiteDestinations.MostBuffered, $"{c.Words}; {sent / 1024} KiB taken");
        }),
        Direct("holds a destination back whose client never reads", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.Floods, t);
            var sent = await s.Destinations.FloodedAsync(t);
            return SuiteOutcome.Of(c.Opened && sent < SuiteDestinations.MostBuffered, $"{c.Words}; {sent / 1024} KiB taken");
        }) with { Alone = true },
        Direct("loses nothing of what comes in one packet with CONNECT", async (s, t) =>
        {
            await using var c = await s.OpenAsync(t);
            await c.SendAsync($"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\n\r\nearly bytes", t);
            await c.ReadAnswerAsync(SuiteSetting.Patience, t);
            var back = await c.ReadAsync(11, t);
            return SuiteOutcome.Of(c.Opened && back == "early bytes", $"{c.Words}; came back: '{back}'");
        }),
        Direct("loses nothing of a destination that speaks first", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.SpeaksFirst, t);
            var banner = await c.ReadAsync(SuiteDestinations.Banner.Length, t);
            return SuiteOutcome.Of(banner == SuiteDestinations.Banner, $"{c.Words}; first bytes: '{banner.TrimEnd()}'");
        }),
        Direct("passes slow bytes on as they come", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.Slow, t);
            var first = await c.ReadAsync(1, t);
            return SuiteOutcome.Of(first.Length is > 0 and < 20, $"{first.Length} bytes in the first read of {SuiteDestinations.Banner.Length} that come one by one");
        }),
        Direct("keeps the way back open when the client has ended its own", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.AnswersAtEnd, t);
            await c.SendAsync("12345", t);
            c.CloseSending();
            var answer = await c.ReadAsync(5, t);
            return SuiteOutcome.Of(answer == "got 5", $"after the client's end: '{answer}'");
        }),
        Direct("passes the destination's end on", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.ClosesAfterBanner, t);
            var all = await c.ReadAsync(int.MaxValue, t);
            return SuiteOutcome.Of(c.Ended && all == SuiteDestinations.Banner, c.Ended ? $"{all.Length} bytes, then the end" : "no end came");
        }),
        Direct("ends a tunnel whose destination resets", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.Resets, t);
            return SuiteOutcome.Of(await c.EndsAsync(SuiteSetting.Patience, t), c.Ended ? "the end came" : "the tunnel stayed open");
        }),
        Direct("survives a client that resets", async (s, t) =>
        {
            for (var i = 0; i < 20; i++)
            {
                await using var c = await s.ConnectAsync(s.Destinations.Echo, t);
                c.Reset();
            }

            var good = await s.GoodTunnelsAsync(s.Destinations.Echo, 3, t);
            return SuiteOutcome.Of(good == 3, $"{good} of 3 tunnels afterwards");
        }),
        Direct("carries fifty tunnels at the same time", async (s, t) =>
        {
            var tunnels = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => s.ConnectAsync(s.Destinations.Echo, t)));
            var good = 0;
            foreach (var (tunnel, i) in tunnels.Select((tunnel, i) => (tunnel, i)))
            {
                good += tunnel.Opened && await tunnel.EchoesAsync(string.Create(CultureInfo.InvariantCulture, $"tunnel {i}"), t) ? 1 : 0;
                await tunnel.DisposeAsync();
            }

            return SuiteOutcome.Of(good == 50, $"{good} of 50");
        }),
    ];

    private static SuiteCase Direct(string name, Func<SuiteSetting, CancellationToken, Task<SuiteOutcome>> run) => new(Group, name, SuiteMode.Direct, run);

    private static SuiteCase Echoes(string what, string bytes) => Direct($"carries {what} as it is", async (s, t) =>
    {
        await using var c = await s.ConnectAsync(s.Destinations.Echo, t);
        await c.SendAsync(bytes, t);
        var back = c.Opened ? await c.ReadAsync(bytes.Length, t) : "";
        return SuiteOutcome.Of(back == bytes, $"{c.Words}; {(back == bytes ? "the same came back" : $"came back: '{back}'")}");
    });

    private static async Task<SuiteOutcome> LeavesAsync(SuiteSetting s, Func<SuiteConnection, Task> leave, CancellationToken t)
    {
        var mark = Guid.NewGuid().ToString("N");
        var c = await s.ConnectAsync(s.Destinations.Watched, t);
        await c.SendAsync(mark, t);
        var seen = await c.ReadAsync(mark.Length, t);
        await leave(c);
        var ended = seen == mark && await s.Destinations.EndedAsync(mark, t);
        return SuiteOutcome.Of(ended, $"{c.Words}; {(ended ? "the destination saw the end" : "the destination still waits")}");
    }
}
