namespace Culvert.Cli;

/// <summary>Destinations that do not work, and that they harm nobody else.</summary>
internal static class DestinationCases
{
    private const string Group = "destination";

    public static IEnumerable<SuiteCase> All { get; } =
    [
        Fails("refuses the connection", s => s.Destinations.Refusing),
        Fails("has no address", s => s.Destinations.Unknown),
        Fails("does not answer", s => s.Destinations.Unanswering),
        new(Group, "opens and ends a tunnel to a destination that closes at once", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.ClosesAtOnce, t);
            var ended = c.Ended || await c.EndsAsync(SuiteSetting.Patience, t);
            return SuiteOutcome.Of(ended, $"{c.Words}; {(ended ? "ended" : "still open")}");
        })
        { Expected = "an answer, and the end" },
        new(Group, "uses a destination that is back at the first request", SuiteMode.Direct, async (s, t) =>
        {
            for (var i = 0; i < 3; i++)
            {
                await using var gone = await s.ConnectAsync(s.Destinations.Returning, t);
                if (gone.Opened)
                {
                    return SuiteOutcome.Fail($"{gone.Words} while it was not there");
                }
            }

            s.Destinations.ComeBack();
            await using var back = await s.ConnectAsync(s.Destinations.Returning, t);
            return SuiteOutcome.Of(back.Opened && await back.EchoesAsync("hello", t), back.Words);
        })
        { Expected = "three refusals, then a status 2xx and what is sent" },
        Harmless("30 destinations that close at once", s => s.Destinations.ClosesAtOnce),
        Harmless("30 destinations that reset", s => s.Destinations.Resets),
        Harmless("30 destinations that refuse", s => s.Destinations.Refusing),
        Harmless("30 requests for what is not on the list", s => s.Destinations.Unlisted),
        Harmless("30 names without an address", s => s.Destinations.Unknown),
        new(Group, "says why by Proxy-Status (RFC 9209)", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await s.ConnectAsync(s.Destinations.Refusing, t);
            var field = c.Head.Split("\r\n").FirstOrDefault(f => f.StartsWith("Proxy-Status:", StringComparison.OrdinalIgnoreCase));
            return field is null ? SuiteOutcome.Skip("it does not send the field") : SuiteOutcome.Of(field.Contains("error=connection_refused", StringComparison.Ordinal), field);
        }),
    ];

    private static SuiteCase Fails(string how, Func<SuiteSetting, HostPort> destination) =>
        new(Group, $"says in time that a destination {how}", SuiteMode.Direct, async (s, t) =>
        {
            await using var c = await s.ConnectAsync(destination(s), t);
            return SuiteOutcome.Of(c.Status >= 500, c.Words);
        })
        { Expected = "a status 5xx within 15 s" };

    private static SuiteCase Harmless(string what, Func<SuiteSetting, HostPort> destination) =>
        new(Group, $"good destinations stay good after {what}", SuiteMode.Direct, async (s, t) =>
        {
            for (var i = 0; i < 30; i++)
            {
                await using var bad = await s.ConnectAsync(destination(s), t);
            }

            var good = await s.GoodTunnelsAsync(s.Destinations.Echo, 10, t);
            return SuiteOutcome.Of(good == 10, $"{good} of 10");
        })
        { Expected = "10 of 10 tunnels work", Alone = true };
}
