namespace Culvert.Cli;

/// <summary>Two parents, of which the preferred one is broken: the other is taken within the same request, but never to go around a rule.</summary>
internal static class SecondParentCases
{
    private const string Group = "second parent";

    public static IEnumerable<SuiteCase> All { get; } =
    [
        Takes("never answers", "good"),
        Takes("resets", "first-resets"),
        Takes("closes without an answer", "first-closes"),
        Takes("closes in the middle of its answer", "first-nohead"),
        Takes("says 503", "first-unavailable"),
        Takes("asks for credentials that nobody has", "first-asks"),
        Takes("is an SSH server", "first-garbage"),
        Takes("answers one byte a second", "first-onebyte"),
        new(Group, "does not go around the first parent's 403", SuiteMode.TwoParents, async (s, t) =>
        {
            await using var c = await s.ConnectAsync(SuiteParent.Name("first-forbids"), t);
            return SuiteOutcome.Of(c.Status >= 400 && s.Parent.Asked("first-forbids") == 0, $"{c.Words}; the second was asked {s.Parent.Asked("first-forbids")} times");
        })
        { Expected = "a refusal, and the second parent not asked" },
        new(Group, "stays with the parent that works", SuiteMode.TwoParents, async (s, t) =>
        {
            var good = await s.GoodTunnelsAsync(SuiteParent.Name("good"), 5, t);
            return SuiteOutcome.Of(good == 5, $"{good} of 5");
        })
        { Expected = "5 of 5 tunnels work", Alone = true },
    ];

    private static SuiteCase Takes(string how, string name) =>
        new(Group, $"goes to its second parent when the first {how}", SuiteMode.TwoParents, async (s, t) =>
        {
            await using var c = await s.ConnectAsync(SuiteParent.Name(name), t);
            return SuiteOutcome.Of(c.Opened && await c.EchoesAsync("hello", t), c.Words);
        })
        { Expected = "a status 2xx, and what is sent comes back" };
}
