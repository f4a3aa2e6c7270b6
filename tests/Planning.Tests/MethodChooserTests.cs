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

            // The table: sensors in several clouds; private connectivity, ExpressRoute or VPN; a proxy or a single point; straight.
            var method = Bit(0) ? ConnectionMethod.Multicloud
                : Bit(1) || Bit(2) || Bit(3) ? ConnectionMethod.CloudProxy
                : Bit(4) || Bit(5) ? ConnectionMethod.ProxyChain
                : ConnectionMethod.Direct;
            // The flow chart: private addresses? any of four needs? own routers?
            CloudInterconnect? interconnect = !Bit(0) ? null
                : !Bit(1) ? CloudInterconnect.PublicInternet
                : !(Bit(6) || Bit(7) || Bit(8) || Bit(9)) ? CloudInterconnect.Vpn
                : Bit(10) ? CloudInterconnect.ExpressRouteOwnRouters : CloudInterconnect.ExpressRouteExchange;
            Assert.Equal((method, interconnect), (advice.Method, advice.Interconnect));
            Assert.NotEmpty(advice.Reasons);
            Assert.Equal(3, advice.Alternatives.Count);
            Assert.All(advice.Alternatives, a => Assert.NotEqual(method, a.Method));
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
}
