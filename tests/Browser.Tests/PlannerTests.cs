using System.IO.Compression;
using Culvert.Browser.Tests.Browsing;
using Microsoft.Playwright;

namespace Culvert.Browser.Tests;

/// <summary>From the questions to the folder in a person's hands.</summary>
public sealed class PlannerTests(SignedInPortal portal)
{
    [Fact(Timeout = 180_000)]
    public async Task Answers_lead_to_a_method_a_sample_to_a_map_and_the_plan_comes_down()
    {
        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken, SignedInPortal.Reader, width: 390, height: 844);
        await tab.GoAsync("/planner");
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Direct", Exact = true }).WaitForAsync();
        await tab.Page.GetByLabel("A proxy is needed to leave the OT network").CheckAsync();
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Proxy chain", Exact = true }).WaitForAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Draft one from the answers" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Derive the plan" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "3. The plan of Plant" }).WaitForAsync();
        await tab.PictureAsync("planner-derived-phone");
        Assert.Empty(await tab.OverflowsAsync());
        await tab.ResizeAsync(1280, 900);
        await tab.PictureAsync("planner-derived-desk");
        Assert.Empty(await tab.OverflowsAsync());
        var download = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByRole(AriaRole.Button, new() { Name = "Download the folder (ZIP)" }).ClickAsync());
        using var bytes = new MemoryStream();
        await (await download.CreateReadStreamAsync()).CopyToAsync(bytes, TestContext.Current.CancellationToken);
        await using var archive = new ZipArchive(bytes, ZipArchiveMode.Read);
        Assert.Contains(archive.Entries, e => e.FullName == "README.md");
        Assert.Contains(archive.Entries, e => e.FullName == "site.yaml");
        Assert.Contains(archive.Entries, e => e.FullName.Contains('/', StringComparison.Ordinal));
        Assert.Empty(tab.Faults);
    }

    [Fact(Timeout = 120_000)]
    public async Task All_mistakes_of_a_site_file_are_told_with_their_lines()
    {
        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken, SignedInPortal.Reader);
        await tab.GoAsync("/planner");
        await tab.Page.GetByLabel("Site file (YAML)").FillAsync("site: { name: x, colour: red }\nzones:\n  - { name: a, purdueLevel: 9 }\n");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Derive the plan" }).ClickAsync();
        var alert = tab.Page.GetByRole(AriaRole.Alert);
        await alert.WaitForAsync();
        var text = await alert.InnerTextAsync();
        Assert.Contains("site.yaml:1:", text, StringComparison.Ordinal);
        Assert.Contains("site.yaml:3:", text, StringComparison.Ordinal);
        Assert.Contains("purdueLevel", text, StringComparison.Ordinal);
        Assert.Empty(tab.Faults);
    }
}
