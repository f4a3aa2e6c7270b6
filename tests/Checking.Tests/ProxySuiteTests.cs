using System.Text;
using Culvert.Checking.Tests.Faults;
using Culvert.Cli;

namespace Culvert.Checking.Tests;

/// <summary>culvert-proxy bears every case of the suite, the page of results says so, and the suite sees a proxy that does not.</summary>
public sealed class ProxySuiteTests
{
    private const string Mark = "<!-- table: written by CULVERT_WRITE_SUITE_TABLE=1 -->\n";
    private static readonly string Page = Path.Combine(Repository.Root, "docs/operations/proxy-suite.md");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task Culvert_proxy_bears_every_case()
    {
        Assert.SkipWhen(SuiteProxy.Find(SuiteProxyKind.Culvert) is null, "culvert-proxy is not built.");
        var report = await new SuiteRunner(TimeProvider.System).RunAsync(SuiteProxyKind.Culvert, Token);

        Assert.Empty(report.Cases.Where(c => c.Verdict != SuiteVerdict.Passed).Select(c => $"{c.Group}: {c.Name}: {c.Seen}"));
    }

    [Fact(Timeout = 240_000)]
    public async Task An_open_proxy_fails_where_it_should()
    {
        await using var proxy = new LoopbackServer((s, t) => FaultProxy.Good()(s, t));
        await using var destinations = new SuiteDestinations();

        var report = await new SuiteRunner(TimeProvider.System).RunAsync(proxy.Address, destinations, Token);

        var failed = report.Cases.Where(c => c.Verdict == SuiteVerdict.Failed).Select(c => c.Name).ToHashSet();
        Assert.Contains("refuses a host that is not on the list", failed);
        Assert.Contains("leaves a client that says nothing", failed);
        Assert.DoesNotContain("carries bytes both ways", failed);
        Assert.All(report.Cases.Where(c => c.Group == "parent"), c => Assert.Equal(SuiteVerdict.NotApplicable, c.Verdict));
    }

    [Fact(Timeout = 240_000)]
    public async Task Any_proxy_is_started_by_its_own_command()
    {
        Assert.SkipWhen(SuiteProxy.Find(SuiteProxyKind.Tinyproxy) is null, "tinyproxy is not on this machine.");
        const string template = "Port {port}\nListen 127.0.0.1\nTimeout 10\nMaxClients 400\nAllow 127.0.0.0/8\nUpstream http {parentHost}:{parentPort}\nLogFile \"{folder}/log\"\n";

        // Without a filter: it goes wherever it is asked to.
        var report = await new SuiteRunner(TimeProvider.System, ["target"]).RunAsync(new SuiteStart($"{SuiteProxy.Find(SuiteProxyKind.Tinyproxy)} -d -c {{config}}", template), Token);

        Assert.All(report.Cases, c => Assert.Equal("target", c.Group));
        Assert.Contains(report.Cases, c => c is { Name: "refuses the loopback by its name", Verdict: SuiteVerdict.Failed });
        Assert.Contains(report.Cases, c => c is { Name: "refuses an empty host", Verdict: SuiteVerdict.Passed });
        Assert.All(report.Cases, c => Assert.NotEmpty(c.Expected));
    }

    [Fact]
    public void Settings_of_ones_own_are_filled_in()
    {
        var start = new SuiteStart("any-proxy -p {port} -f {config}", "port {port}\nallow {host} {hostPort}\nparent{n} {parentHost} {parentPort}\n");

        Assert.True(start.NamesParents);
        Assert.False(new SuiteStart("any-proxy", "port {port}").NamesParents);
        Assert.Equal("port 1\nallow a 2\nallow b 3\nparent1 p 4\n", start.Render(1, "/f", [new HostPort("a", 2), new HostPort("b", 3)], [new HostPort("p", 4)]));
        Assert.Equal("port 1\nallow a 2\n", start.Render(1, "/f", [new HostPort("a", 2)], []));
        var (program, arguments) = start.Line(1, "/f", "/f/proxy.conf");
        Assert.Equal(("any-proxy", "-p 1 -f /f/proxy.conf"), (program, string.Join(' ', arguments)));
    }

    [Fact]
    public async Task The_page_lists_every_case_and_culvert_proxy_bears_them()
    {
        if (Environment.GetEnvironmentVariable("CULVERT_WRITE_SUITE_TABLE") == "1")
        {
            await WriteAsync();
        }

        var page = await File.ReadAllTextAsync(Page, Token);
        var rows = page[(page.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..].Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).Select(r => r.Split('|', StringSplitOptions.TrimEntries)).ToArray();

        Assert.Equal(SuiteRunner.All.Select(c => $"{c.Group}: {c.Name}"), rows.Select(r => $"{r[1]}: {r[2]}"));
        Assert.All(rows, r => Assert.Equal("yes", r[3]));
    }

    [Theory(Timeout = 240_000)]
    [InlineData(nameof(SuiteProxyKind.Squid), "Squid 5.7", 4)]
    [InlineData(nameof(SuiteProxyKind.Tinyproxy), "tinyproxy 1.11", 5)]
    public async Task The_page_tells_the_truth_of_other_proxies(string name, string version, int column)
    {
        var kind = Enum.Parse<SuiteProxyKind>(name);
        Assert.SkipWhen(SuiteProxy.Find(kind) is null, $"{version} is not on this machine.");
        Assert.SkipUnless(await SaysAsync(SuiteProxy.Find(kind)!, version.Split(' ')[1]), $"the {name} on this machine is not {version}, which the page is about.");

        // What depends on nobody's haste; the whole table takes minutes.
        var report = await new SuiteRunner(TimeProvider.System, ["target", "framing"]).RunAsync(kind, Token);

        var rows = (await File.ReadAllLinesAsync(Page, Token)).Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Select(r => r.Split('|', StringSplitOptions.TrimEntries)).ToLookup(r => r[2], r => r[column].Split(':')[0]);
        Assert.All(report.Cases, c => Assert.Equal((c.Name, Word(c).Split(':')[0]), (c.Name, rows[c.Name].Single())));
    }

    [Fact]
    public void Every_case_has_a_name_of_its_own() => Assert.Equal(SuiteRunner.All.Count, SuiteRunner.All.Select(c => c.Name).Distinct().Count());

    private static async Task WriteAsync()
    {
        // Most of the time is spent waiting: side by side.
        var reports = await Task.WhenAll(Enum.GetValues<SuiteProxyKind>().Select(k => new SuiteRunner(TimeProvider.System).RunAsync(k, Token)));

        var text = new StringBuilder("| about | the proxy | culvert-proxy | Squid 5.7 | tinyproxy 1.11 | HAProxy 2.6 before culvert-proxy |\n|---|---|---|---|---|---|\n");
        foreach (var (i, one) in SuiteRunner.All.Index())
        {
            text.Append($"| {one.Group} | {one.Name} | {string.Join(" | ", reports.Select(r => Word(r.Cases[i])))} |\n");
        }

        var page = await File.ReadAllTextAsync(Page, Token);
        await File.WriteAllTextAsync(Page, page[..(page.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)] + text, Token);
    }

    private static async Task<bool> SaysAsync(string program, string version)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, ["-v"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
        await process.WaitForExitAsync(deadline.Token);
        return string.Concat(texts).Contains(version, StringComparison.Ordinal);
    }

    private static string Word(SuiteCaseResult result) => result.Verdict switch
    {
        SuiteVerdict.Passed => "yes",
        SuiteVerdict.NotApplicable => "not applicable",
        _ => $"no: {result.Seen.Replace("|", "/", StringComparison.Ordinal)}",
    };
}
