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
        Errors("redirects to a sign-in page", "redirects"),
        Errors("sends a header of 4 MiB", "bomb"),
        Errors("is an SSH server", "garbage"),
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
        new(Group, "goes to its second parent when the first never answers", SuiteMode.TwoParents, async (s, t) =>
        {
            await using var c = await s.ConnectAsync(SuiteParent.Name("good"), t);
            return SuiteOutcome.Of(c.Opened && await c.EchoesAsync("hello", t), c.Words);
        }),
        new(Group, "stays with the parent that works", SuiteMode.TwoParents, async (s, t) =>
        {
            var good = await s.GoodTunnelsAsync(SuiteParent.Name("good"), 10, t);
            return SuiteOutcome.Of(good == 10, $"{good} of 10");
        }),
    ];

    private static SuiteCase Child(string name, Func<SuiteSetting, CancellationToken, Task<SuiteOutcome>> run) => new(Group, name, SuiteMode.Child, run);

    private static SuiteCase Keeps(string what, string behaviour) => Child($"keeps {what}", async (s, t) =>
    {
        await using var c = await s.ConnectAsync(SuiteParent.Name(behaviour), t);
        var first = c.Opened ? await c.ReadAsync(SuiteDestinations.Banner.Length, t) : "";
        return SuiteOutcome.Of(first == SuiteDestinations.Banner && await c.EchoesAsync("hello", t), $"{c.Words}; first bytes: '{first.TrimEnd()}'");
    });

    private static SuiteCase Errors(string how, string behaviour) => Child($"tells the client in time when its parent {how}", async (s, t) =>
    {
        await using var c = await s.ConnectAsync(SuiteParent.Name(behaviour), t);
        return SuiteOutcome.Of(c.Status >= 300, c.Words);
    });

    private static SuiteCase Harmless(string what, string behaviour) => Child($"good destinations stay good after {what} for another", async (s, t) =>
    {
        for (var i = 0; i < 30; i++)
        {
            await using var bad = await s.ConnectAsync(SuiteParent.Name(behaviour), t);
        }

        var good = await s.GoodTunnelsAsync(SuiteParent.Name("good"), 10, t);
        return SuiteOutcome.Of(good == 10, $"{good} of 10");
    });
}
