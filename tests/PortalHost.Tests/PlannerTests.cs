using System.IO.Compression;
using System.Net;
using System.Text;
using Culvert.Planning;
using Culvert.Storage;

namespace Culvert.PortalHost.Tests;

public sealed class PlannerTests(RunningPortal portal)
{
    public static TheoryData<MethodAnswers> Answers() =>
    [
        new MethodAnswers(), new MethodAnswers { Vpn = true }, new MethodAnswers { ProxyToLeaveOt = true }, new MethodAnswers { SeveralClouds = true },
        new MethodAnswers { SeveralClouds = true, PrivateConnectivity = true },
        new MethodAnswers { SeveralClouds = true, PrivateConnectivity = true, HighVolume = true },
        new MethodAnswers { SeveralClouds = true, PrivateConnectivity = true, HighVolume = true, OwnRouters = true },
    ];

    [Theory]
    [MemberData(nameof(Answers))]
    public void Every_method_has_a_draft_that_is_a_plan_as_it_stands(MethodAnswers answers)
    {
        var text = SitePlanning.Draft(answers, portal.Service<PortalAddress>().Current);
        var (_, plan, mistakes) = SitePlanning.Derive(text);
        Assert.Empty(mistakes);
        Assert.NotEmpty(plan!.Files);
    }

    [Fact]
    public async Task The_same_site_file_gives_the_same_archive_byte_for_byte()
    {
        var text = SitePlanning.Draft(new MethodAnswers { ProxyToLeaveOt = true }, null);
        var (first, second) = (await PlanAsync(text), await PlanAsync(text));
        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal(first.Body, second.Body);
        using var archive = new ZipArchive(new MemoryStream(first.Body), ZipArchiveMode.Read);
        Assert.Contains(archive.Entries, e => e.FullName == "README.md");
    }

    [Fact]
    public async Task A_bad_site_file_is_refused_with_all_its_mistakes()
    {
        var (status, body) = await PlanAsync("site: { name: x }\nzones:\n  - { name: a, purdueLevel: 9 }\n  - { name: b, purdueLevel: 8 }\n");
        Assert.Equal(HttpStatusCode.Conflict, status);
        var text = Encoding.UTF8.GetString(body);
        Assert.Contains("site.yaml:3:", text, StringComparison.Ordinal);
        Assert.Contains("site.yaml:4:", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await PlanAsync(new string('x', SitePlanning.MaxLength + 1))).Status);
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> PlanAsync(string site)
    {
        var client = await portal.TokenAsync(UserRole.SecurityReader);
        using var content = new StringContent(site, Encoding.UTF8, "application/yaml");
        using var answer = await client.PostAsync(new Uri("/api/v1/planner/plan", UriKind.Relative), content, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }
}
