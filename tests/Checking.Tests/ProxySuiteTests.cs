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

    private static string Word(SuiteCaseResult result) => result.Verdict switch
    {
        SuiteVerdict.Passed => "yes",
        SuiteVerdict.NotApplicable => "not applicable",
        _ => $"no: {result.Seen.Replace("|", "/", StringComparison.Ordinal)}",
    };
}
