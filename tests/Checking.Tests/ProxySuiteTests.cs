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
        var reports = new List<SuiteReport>();
        foreach (var kind in Enum.GetValues<SuiteProxyKind>())
        {
            reports.Add(await new SuiteRunner(TimeProvider.System).RunAsync(kind, Token));
        }

        var text = new StringBuilder("| about | the proxy | culvert-proxy | Squid 5.7 | tinyproxy 1.11 |\n|---|---|---|---|---|\n");
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
