using Culvert.Configuration;

namespace Culvert.Planning.Tests;

public sealed class SiteDraftTests
{
    [Fact]
    public void A_draft_is_valid_and_uses_the_method_advised_whatever_the_answers()
    {
        var drafted = new HashSet<(MethodAnswers, int)>();
        for (var bits = 0; bits < 1 << 11; bits++)
        {
            var answers = new MethodAnswers();
            foreach (var (index, question) in MethodQuestion.All.Index())
            {
                answers = question.IsAsked(answers) ? question.Answer(answers, (bits & (1 << index)) != 0) : answers;
            }

            if (!drafted.Add((answers, bits % 5)))
            {
                continue;
            }

            // All programs, firewalls and clouds come by in turn.
            var facts = new SiteFacts
            {
                ProxyKind = (ProxyKind)(bits % 3),
                FirewallKind = (FirewallKind)(bits % 5),
                Cloud = bits % 2 == 0 ? CloudKind.Culvert : CloudKind.Azure,
                SensorCloud = bits % 7 == 0 ? CloudKind.Google : CloudKind.Aws,
                PlantProxyNetwork = bits % 3 == 0 ? null : System.Net.IPNetwork.Parse("10.10.3.0/24"),
                DmzProxyNetwork = bits % 5 == 0 ? null : System.Net.IPNetwork.Parse("10.10.35.0/24"),
            };

            var result = SiteFileReader.Parse(SiteFileWriter.Write(SiteDraft.Create(answers, facts)), $"draft-{bits}.yaml");

            Assert.Empty(result.Mistakes.Select(m => m.ToString()));
            Assert.Equal(MethodChooser.Choose(answers).Method, result.Value!.Sensors[0].Method);
            Assert.NotEmpty(FlowPlanner.Plan(result.Value));
        }
    }

    [Fact]
    public void What_is_written_is_read_back_as_the_same_site()
    {
        foreach (var name in Samples.Names)
        {
            var first = SiteFileWriter.Write(Samples.Read(name));
            var again = Samples.Parse(first);

            Assert.Equal(first, SiteFileWriter.Write(again));
            Assert.Equal(Bytes(Samples.Read(name)), Bytes(again));
        }
    }

    [Theory]
    [InlineData("true")]
    [InlineData("12")]
    [InlineData("a: b")]
    [InlineData("# no comment")]
    [InlineData("it's \"quoted\" \\ back")]
    [InlineData("Wärmekraftwerk — Süd")]
    [InlineData("- dash")]
    [InlineData("1.5")]
    [InlineData("~")]
    public void Any_text_survives(string text)
    {
        var site = Samples.Read("direct") with { DisplayName = text };

        Assert.Equal(text, Samples.Parse(SiteFileWriter.Write(site)).DisplayName);
    }

    private static IEnumerable<(string, string)> Bytes(SiteFile site) => SitePlan.Create(site).Files.Select(f => (f.Path, f.Content));
}
