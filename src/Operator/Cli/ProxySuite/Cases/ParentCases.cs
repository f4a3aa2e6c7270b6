namespace Culvert.Cli;

/// <summary>A parent that misbehaves: nothing is lost, nothing hangs, nobody else is harmed.</summary>
internal static class ParentCases
{
    private const string Group = "parent";

    public static IEnumerable<SuiteCase> All { get; } =
    [
        Child("carries tunnels through its parent", async (s, t) =>
        {
            var good = await s.GoodTunnelsAsync(SuiteParent.Name("good"), 5, t);
            return SuiteOutcome.Of(good == 5 && s.Parent.Asked("good") > 0, $"{good} of 5; the parent was asked {s.Parent.Asked("good")} times");
        }),
        Child("never goes past its parent", async (s, t) =>
        {
            // The name has no address: whoever goes past the parent fails, and whoever asks it succeeds.
            await using var c = await s.ConnectAsync(SuiteParent.Name("other"), t);
            return SuiteOutcome.Of(c.Opened && s.Parent.Asked("other") > 0, $"{c.Words}; the parent was asked {s.Parent.Asked("other")} times");
        }),
        Keeps("bytes that come in one packet with the parent's 200", "banner"),
        Keeps("the tunnel's first bytes when the parent's 200 has a Content-Length", "sized"),
        Keeps("the tunnel's first bytes when the parent's 200 says chunked", "chunked"),
        Keeps("the tunnel when a 100 comes before the parent's 200", "interim"),
        Keeps("the tunnel of a 201", "created"),
        Keeps("the tunnel of an HTTP/1.0 parent", "old"),
        Keeps("the tunnel when the Via of the parent's 200 is wrong", "wrongvia"),
        Keeps("the tunnel of a 200 without a reason", "noreason"),
        Keeps("the tunnel of a 200 with a reason of 500 letters", "longreason"),
        Keeps("the tunnel when a 100 and a 103 come before the parent's 200", "lateinterim"),
        Keeps("the tunnel of a 200 with 60 fields", "manyfields"),
        Keeps("the tunnel of a 200 with a field of 8 KiB", "longfield"),
        Keeps("the tunnel of a 200 that says Connection: close", "closing"),
        Keeps("the tunnel of a 200 with fields of a page", "cookie"),
        Child("takes a 200 in pieces of one byte", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(SuiteParent.Name("pieces"), t);
            return SuiteOutcome.Of(c.Opened && await c.EchoesAsync("hello", t), c.Words);
        }),
        Errors("asks for credentials", "asks"),
        Errors("forbids", "forbids"),
        Errors("says 502", "badgateway"),
        Errors("says 503", "unavailable"),
        Errors("says 504", "gatewaytimeout"),
        Errors("says 400", "badrequest"),
        Errors("says 401", "unauthorized"),
        Errors("says 404", "notfound"),
        Errors("says 405", "notallowed"),
        Errors("says 429", "toomany"),
        Errors("says 500", "broken"),
        Errors("says 501", "notimplemented"),
        Errors("says 511", "captive"),
        Errors("says 999", "unknownstatus"),
        Errors("switches protocols", "switches"),
        Errors("sends a block page of 100 KB", "blockpage"),
        Errors("sends a page without end", "bodyforever"),
        Errors("refuses in chunks", "chunkedrefusal"),
        Errors("asks for credentials and does not say which", "asksnothing"),
        Errors("redirects to a sign-in page", "redirects"),
        Errors("sends a header of 4 MiB", "bomb"),
        Errors("sends a header without end", "endless"),
        Errors("sends 100,000 fields", "fieldbomb"),
        Errors("sends interim answers without end", "interimforever"),
        Errors("sends an interim answer and closes", "interimonly"),
        Errors("is an SSH server", "garbage"),
        Errors("is a radio station", "icy"),
        Errors("is a web page without a head", "html"),
        Errors("speaks TLS", "tls"),
        Errors("speaks SOCKS", "socks"),
        Errors("sends a status of four digits", "fourdigits"),
        Errors("sends a field without a colon", "nocolon"),
        Errors("half-closes without an answer", "halfcloses"),
        Errors("sends a broken status line", "badstatus"),
        Errors("closes in the middle of its answer", "nohead"),
        Errors("closes without an answer", "closes"),
        Errors("resets", "resets"),
        Errors("never answers", "silent"),
        Errors("answers one byte a second", "onebyte"),
        Child("keeps a tunnel open whose far end says nothing", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(SuiteParent.Name("mute"), t);
            var ended = await c.EndsAsync(TimeSpan.FromSeconds(3), t);
            return SuiteOutcome.Of(c.Opened && !ended, $"{c.Words}; {(ended ? "ended" : "open after 3 s")}");
        }),
        Child("passes on what its parent says right before it closes", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(SuiteParent.Name("lastwords"), t);
            var all = await c.ReadAsync(int.MaxValue, t);
            return SuiteOutcome.Of(c.Opened && all == "last words, then the end" && c.Ended, $"{c.Words}; '{all}'{(c.Ended ? ", then the end" : "")}");
        }),
        Child("ends a tunnel that its parent resets after a megabyte", async (s, t) =>
        {
            await using var c = await s.ConnectAsync(SuiteParent.Name("cut"), t);
            return SuiteOutcome.Of(c.Opened && await c.EndsAsync(SuiteSetting.Patience, t), $"{c.Words}; {(c.Ended ? "ended" : "still open")}");
        }),
        Child("ends a loop", async (s, t) =>
        {
            s.Parent.Child = s.Proxy;
            await using var c = await s.ConnectAsync(SuiteParent.Name("loops"), t);
            var rounds = s.Parent.Asked("loops");
            return SuiteOutcome.Of(!c.Opened && rounds <= 32, $"{c.Words} after {rounds} rounds");
        }),
        Child("is not put off by a parent that asks for credentials once", async (s, t) =>
        {
            await using var asked = await s.ConnectAsync(SuiteParent.Name("asksonce"), t);
            await using var then = await s.ConnectAsync(SuiteParent.Name("asksonce"), t);
            return SuiteOutcome.Of(!asked.Opened && then.Opened && await then.EchoesAsync("hello", t), $"{asked.Words}, then {then.Words}");
        }),
        new(Group, "uses a parent that is back at the first request", SuiteMode.Returning, async (s, t) =>
        {
            for (var i = 0; i < 3; i++)
            {
                await using var gone = await s.ConnectAsync(SuiteParent.Name("good"), t);
                if (gone.Opened)
                {
                    return SuiteOutcome.Fail($"{gone.Words} while the parent was not there");
                }
            }

            s.ComeBack();
            await using var back = await s.ConnectAsync(SuiteParent.Name("good"), t);
            return SuiteOutcome.Of(back.Opened && await back.EchoesAsync("hello", t), back.Words);
        }),
        Harmless("30 refusals", "forbids"),
        Harmless("30 times 503", "unavailable"),
        Harmless("30 times 407", "asks"),
        Harmless("30 resets", "resets"),
        Harmless("30 times 502", "badgateway"),
        Harmless("30 times 504", "gatewaytimeout"),
        Harmless("30 answers that are no HTTP", "garbage"),
        Harmless("30 closes without an answer", "closes"),
        Harmless("30 headers of 4 MiB", "bomb"),
    ];

    private static SuiteCase Child(string name, Func<SuiteSetting, CancellationToken, Task<SuiteOutcome>> run) => new(Group, name, SuiteMode.Child, run);

    private static SuiteCase Keeps(string what, string behaviour) => Child($"keeps {what}", async (s, t) =>
    {
        await using var c = await s.ConnectAsync(SuiteParent.Name(behaviour), t);
        var first = c.Opened ? await c.ReadAsync(SuiteDestinations.Banner.Length, t) : "";
        return SuiteOutcome.Of(first == SuiteDestinations.Banner && await c.EchoesAsync("hello", t), $"{c.Words}; first bytes: '{first.TrimEnd()}'");
    }) with
    { Expected = "a status 2xx, and the tunnel's bytes whole" };

    private static SuiteCase Errors(string how, string behaviour) => Child($"tells the client in time when its parent {how}", async (s, t) =>
    {
        await using var c = await s.ConnectAsync(SuiteParent.Name(behaviour), t);
        return SuiteOutcome.Of(c.Status >= 300, c.Words);
    }) with
    { Expected = "a status 3xx, 4xx or 5xx within 15 s" };

    private static SuiteCase Harmless(string what, string behaviour) => Child($"good destinations stay good after {what} for another", async (s, t) =>
    {
        if (!await WellAsync(s, t))
        {
            return SuiteOutcome.Fail("not well again 30 s after the case before this one");
        }

        for (var i = 0; i < 30; i++)
        {
            await using var bad = await s.ConnectAsync(SuiteParent.Name(behaviour), t);
        }

        var good = await s.GoodTunnelsAsync(SuiteParent.Name("good"), 10, t);
        return SuiteOutcome.Of(good == 10, $"{good} of 10");
    }) with
    { Expected = "10 of 10 tunnels work", Alone = true };

    // What the case before did to the proxy is not held against it here.
    private static async Task<bool> WellAsync(SuiteSetting s, CancellationToken t)
    {
        for (var i = 0; i < 30; i++)
        {
            if (await s.GoodTunnelsAsync(SuiteParent.Name("good"), 1, t) == 1)
            {
                return true;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), s.Clock, t);
        }

        return false;
    }
}
