namespace Culvert.Cli;

/// <summary>Many that misbehave at the same time, or one after the other: the others must be served.</summary>
internal static class CrowdCases
{
    private const string Group = "crowd";

    public static IEnumerable<SuiteCase> All { get; } =
    [
        While("many clients say nothing", 100, (_, _, _) => Task.CompletedTask),
        While("many clients send half a request", 100, (s, c, t) => c.SendAsync($"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: ", t)),
        While("many clients send half a header of 8 KiB", 100, (_, c, t) => c.SendAsync($"CONNECT a.example:443 HTTP/1.1\r\nX: {new string('x', 8000)}", t)),
        While("many clients wait for a destination that does not answer", 20, (s, c, t) => c.SendAsync(Asking.Connect(s.Destinations.Unanswering.ToString()), t)),
        While("many tunnels are open and idle", 100, (s, c, t) => OpenAsync(s, c, s.Destinations.Echo, t)),
        While("many clients never read a flood", 10, (s, c, t) => OpenAsync(s, c, s.Destinations.Floods, t)),
        While("many destinations never read a flood", 10, async (s, c, t) =>
        {
            await OpenAsync(s, c, s.Destinations.Deaf, t);
            await c.SendUntilBlockedAsync(64 * 1024 * 1024, t);
        }),
        After("500 connections that close at once", 500, (_, _, _) => Task.CompletedTask),
        After("500 connections that are reset at once", 500, (_, c, _) => Task.Run(c.Reset)),
        After("200 clients that send garbage and reset", 200, async (_, c, t) =>
        {
            await c.SendAsync("\0\u00ff\u0001 garbage", t);
            c.Reset();
        }),
        After("200 TLS hellos", 200, (_, c, t) => c.SendAsync("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003", t)),
        After("30 headers of a megabyte", 30, (_, c, t) => c.SendAsync($"CONNECT a.example:443 HTTP/1.1\r\nX: {new string('x', 1024 * 1024)}\r\n\r\n", t)),
        After("100 clients that reset when they have asked", 100, async (s, c, t) =>
        {
            await c.SendAsync(Asking.Connect(s.Destinations.Echo.ToString()), t);
            c.Reset();
        }),
    ];

    private static async Task OpenAsync(SuiteSetting s, SuiteConnection c, HostPort destination, CancellationToken t)
    {
        await c.SendAsync(Asking.Connect(destination.ToString()), t);
        await c.ReadAnswerAsync(SuiteSetting.Patience, t);
    }

    private static SuiteCase While(string name, int count, Func<SuiteSetting, SuiteConnection, CancellationToken, Task> each) =>
        new(Group, $"serves others while {name}", SuiteMode.Direct, async (s, t) =>
        {
            var crowd = new List<SuiteConnection>();
            try
            {
                for (var i = 0; i < count; i++)
                {
                    crowd.Add(await s.OpenAsync(t));
                }

                await Task.WhenAll(crowd.Select(c => each(s, c, t)));
                var good = await s.GoodTunnelsAsync(s.Destinations.Echo, 5, t);
                return SuiteOutcome.Of(good == 5, $"{good} of 5 tunnels beside {count} such");
            }
            finally
            {
                foreach (var one in crowd)
                {
                    await one.DisposeAsync();
                }
            }
        })
        { Expected = "5 of 5 tunnels work", Alone = true };

    private static SuiteCase After(string name, int count, Func<SuiteSetting, SuiteConnection, CancellationToken, Task> each) =>
        new(Group, $"serves others after {name}", SuiteMode.Direct, async (s, t) =>
        {
            for (var i = 0; i < count; i++)
            {
                await using var c = await s.OpenAsync(t);
                await each(s, c, t);
            }

            var good = await s.GoodTunnelsAsync(s.Destinations.Echo, 5, t);
            return SuiteOutcome.Of(good == 5, $"{good} of 5");
        })
        { Expected = "5 of 5 tunnels work", Alone = true };
}
