namespace Culvert.Planning.Tests;

public sealed class MethodChooserTests
{
    [Fact]
    public void Every_combination_of_answers_follows_the_table_and_the_flow_chart()
    {
        for (var bits = 0; bits < 1 << 11; bits++)
        {
            bool Bit(int n) => (bits & (1 << n)) != 0;
            var answers = new MethodAnswers
            {
                SeveralClouds = Bit(0),
                PrivateConnectivity = Bit(1),
                ExpressRoute = Bit(2),
                Vpn = Bit(3),
                ProxyToLeaveOt = Bit(4),
                SinglePoint = Bit(5),
                PredictableThroughput = Bit(6),
                ServiceLevelAgreement = Bit(7),
                HighVolume = Bit(8),
                AvoidInternet = Bit(9),
                OwnRouters = Bit(10),
            };

            var advice = MethodChooser.Choose(answers);

            var method = DecisionTexts.Method(Bit(0), Bit(1), Bit(2), Bit(3), Bit(4), Bit(5));
            var interconnect = Bit(0) ? DecisionTexts.Interconnect(Bit(1), Bit(6), Bit(7), Bit(8), Bit(9), Bit(10)) : null;
            Assert.Equal((method, interconnect), (Words.Camel(advice.Method), advice.Interconnect is { } i ? Words.Camel(i) : null));
            Assert.NotEmpty(advice.Reasons);
            Assert.Equal(3, advice.Alternatives.Count);
            Assert.All(advice.Alternatives, a => Assert.NotEqual(advice.Method, a.Method));
            Assert.All(advice.Alternatives, a => Assert.NotEmpty(a.Against));
            Assert.Equal(Bit(0) ? 3 : 0, advice.OtherInterconnects.Count);
            Assert.All(advice.OtherInterconnects, o => Assert.True(o.Interconnect != advice.Interconnect && o.Against.Length > 0));
        }
    }

    [Fact]
    public void Every_sample_uses_the_method_that_planning_would_choose()
    {
        foreach (var name in Samples.Names)
        {
            var site = Samples.Read(name);
            Assert.Equal(site.Sensors[0].Method, MethodChooser.Choose(MethodAnswers.Of(site)).Method);
        }
    }

    [Theory]
    [InlineData("multicloud-vpn", CloudInterconnect.Vpn)]
    [InlineData("multicloud-expressroute-own-routers", CloudInterconnect.ExpressRouteOwnRouters)]
    [InlineData("multicloud-expressroute-exchange", CloudInterconnect.ExpressRouteExchange)]
    public void Every_multicloud_sample_is_joined_as_the_flow_chart_says(string name, CloudInterconnect expected) =>
        Assert.Equal(expected, MethodChooser.Choose(MethodAnswers.Of(Samples.Read(name))).Interconnect);

    [Fact]
    public void The_questions_that_are_asked_are_enough_to_choose()
    {
        for (var bits = 0; bits < 1 << 11; bits++)
        {
            // Every question answered, and only those asked answered: the advice is the same.
            var (all, asked) = (new MethodAnswers(), new MethodAnswers());
            foreach (var (index, question) in MethodQuestion.All.Index())
            {
                var yes = (bits & (1 << index)) != 0;
                asked = question.IsAsked(asked) ? question.Answer(asked, yes) : asked;
                all = question.Answer(all, yes);
            }

            var (expected, found) = (MethodChooser.Choose(all), MethodChooser.Choose(asked));
            Assert.Equal((expected.Method, expected.Interconnect), (found.Method, found.Interconnect));
        }
    }
}
