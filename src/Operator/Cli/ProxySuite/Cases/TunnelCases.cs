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
}
