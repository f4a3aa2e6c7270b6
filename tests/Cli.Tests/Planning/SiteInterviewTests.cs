using Culvert.Configuration;
using Culvert.Planning;

namespace Culvert.Cli.Tests;

public sealed class SiteInterviewTests
{
    [Fact]
    public void Empty_answers_give_a_valid_site_with_what_is_usual()
    {
        var site = Interview(string.Concat(Enumerable.Repeat("\n", 40)));

        Assert.Equal(ConnectionMethod.Direct, site.Sensors[0].Method);
        AssertValid(site);
    }

    [Fact]
    public void A_chain_is_asked_for_and_drafted()
    {
        // Several clouds, private, ExpressRoute, VPN: no. A proxy to leave OT: yes. Then the facts.
        var site = Interview("n\nn\nn\nn\ny\nn\nRaffinerie Süd\nsensor-7\n10.7.2.0/24\n10.7.2.9\npaloAlto\nsquid\ny\n10.7.3.0/24\ny\n10.7.35.0/24\nculvert\nportal.plant.example\n");

        AssertValid(site);
        Assert.Equal(("raffinerie-s-d", "Raffinerie Süd"), (site.Name, site.DisplayName));
        Assert.Equal(["plant-proxy", "dmz-proxy"], site.Sensors[0].Routes[0].Hops);
        Assert.All(site.Proxies, p => Assert.Equal(ProxyKind.Squid, p.Kind));
        Assert.All(site.Clouds[0].Endpoints, e => Assert.Equal("portal.plant.example", e.Endpoint.Address.Host));
    }

    [Fact]
    public void Another_cloud_asks_the_flow_charts_questions()
    {
        var site = Interview("y\ny\ny\nn\nn\nn\ny\nWarehouse\n\n\n\ngoogle\nazure\n\n\n\n\n\n");

        AssertValid(site);
        Assert.Equal(PrivateLinkKind.ExpressRouteOwnRouters, site.PrivateLinks[0].Kind);
        Assert.Contains(site.Clouds, c => c.Kind == CloudKind.Google);
    }

    [Theory]
    [InlineData("", "ended at question 1")]
    [InlineData("n\nperhaps\n", "answer 2, 'perhaps'")]
    [InlineData("n\nn\nn\nn\nn\nn\nPlant\nbad name!\n", "answer 8, 'bad name!'")]
    [InlineData("n\nn\nn\nn\nn\nn\nPlant\ns\n10.7.2.0/24\n10.8.2.9\n", "expected an address in 10.7.2.0/24")]
    [InlineData("n\nn\nn\nn\nn\nn\nPlant\ns\n\n\nnftables\nculvert\n*.example.com\n", "no wildcard")]
    public void A_wrong_answer_of_a_script_stops_it_and_is_named(string script, string expected)
    {
        var e = Assert.Throws<QuestionException>(() => Interview(script));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    private static SiteFile Interview(string script)
    {
        using var said = new StringWriter();
        using var answers = new StringReader(script);
        var output = CommandRun.To(said);
        return new SiteInterview(new Questioner(output, answers, isTerminal: false), output).Run();
    }

    private static void AssertValid(SiteFile site) => Assert.Empty(SiteFileReader.Parse(SiteFileWriter.Write(site), "site.yaml").Mistakes);
}
