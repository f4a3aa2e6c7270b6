namespace Culvert.Planning;

/// <summary>Chooses the connection method: the table of Microsoft's guide for on-premises sites, and its flow chart for several clouds.</summary>
/// <remarks>
/// The table's rows do not exclude each other. Where several hold, the one that binds most comes first: where the sensor stands, then
/// privacy of the way, then the need of a proxy; a chain may run over a private link, which the reasons then say.
/// </remarks>
public static class MethodChooser
{
    /// <summary>Answers the table and, for several clouds, the flow chart.</summary>
    public static MethodAdvice Choose(MethodAnswers answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var reasons = new List<string>();
        CloudInterconnect? interconnect = null;
        ConnectionMethod method;
        if (answers.SeveralClouds)
        {
            method = ConnectionMethod.Multicloud;
            reasons.Add("Sensors stand in another public cloud than the one they report to.");
            interconnect = Join(answers, reasons);
        }
        else if (NeedsPrivacy(answers, reasons))
        {
            method = ConnectionMethod.CloudProxy;
            if (answers.ProxyToLeaveOt || answers.SinglePoint)
            {
                reasons.Add("Proxies inside the plant can stand before the cloud proxy as first hops: a chain runs over a private link as well as over the internet.");
            }
        }
        else if (NeedsChain(answers, reasons))
        {
            method = ConnectionMethod.ProxyChain;
        }
        else
        {
            method = ConnectionMethod.Direct;
            reasons.Add("Nothing asks for a private way or for a proxy: firewalls that let through exactly the cloud endpoints are enough.");
        }

        return new MethodAdvice(method, interconnect, reasons, [.. Enum.GetValues<ConnectionMethod>().Where(m => m != method).Select(m => new MethodAlternative(m, Against(m, answers)))])
        {
            OtherInterconnects = interconnect is null ? [] : [.. Enum.GetValues<CloudInterconnect>().Where(i => i != interconnect).Select(i => new InterconnectAlternative(i, Against(i, answers)))],
        };
    }

    private static bool NeedsPrivacy(MethodAnswers answers, List<string> reasons)
    {
        Because(answers.PrivateConnectivity, "Sensors and cloud must talk over private addresses.", reasons);
        Because(answers.ExpressRoute, "The site is on ExpressRoute, which reaches the cloud's virtual network without the internet.", reasons);
        Because(answers.Vpn, "The site is on a VPN to the cloud's virtual network.", reasons);
        return reasons.Count > 0;
    }

    private static bool NeedsChain(MethodAnswers answers, List<string> reasons)
    {
        Because(answers.ProxyToLeaveOt, "A proxy is needed to leave the OT network.", reasons);
        Because(answers.SinglePoint, "Many sensors leave through a single point, where one proxy keeps the rules.", reasons);
        return reasons.Count > 0;
    }

    private static CloudInterconnect Join(MethodAnswers answers, List<string> reasons)
    {
        if (!answers.PrivateConnectivity)
        {
            reasons.Add("Private addresses are not needed: the sensor uses the public addresses of the cloud endpoints over the internet.");
            return CloudInterconnect.PublicInternet;
        }

        var before = reasons.Count;
        Because(answers.PredictableThroughput, "Throughput must be predictable, which the internet does not give.", reasons);
        Because(answers.ServiceLevelAgreement, "A service-level agreement is needed, which the internet does not have.", reasons);
        Because(answers.HighVolume, "Much data is moved.", reasons);
        Because(answers.AvoidInternet, "The public internet is to be avoided.", reasons);
        if (reasons.Count == before)
        {
            reasons.Add("Private addresses are enough; no throughput, service level, volume or dislike of the internet asks for more than a VPN.");
            return CloudInterconnect.Vpn;
        }

        reasons.Add(answers.OwnRouters ? "You want to own and run the routers of the peering." : "Nobody wants to run routers: a cloud exchange provider does.");
        return answers.OwnRouters ? CloudInterconnect.ExpressRouteOwnRouters : CloudInterconnect.ExpressRouteExchange;
    }

    private static string Against(ConnectionMethod method, MethodAnswers answers) => method switch
    {
        ConnectionMethod.Direct when answers.SeveralClouds && !answers.PrivateConnectivity => "What multicloud over public addresses comes to; choose it where no other cloud's network is involved.",
        ConnectionMethod.Direct when answers.PrivateConnectivity => "It goes over public addresses, and private ones are asked for.",
        ConnectionMethod.Direct when answers.ProxyToLeaveOt => "The plant may not open connections to the outside itself.",
        ConnectionMethod.Direct when answers.SinglePoint => "Every sensor needs rules of its own on every firewall; one proxy keeps them in one place.",
        ConnectionMethod.Direct when answers.ExpressRoute || answers.Vpn => "It leaves the private link unused and opens the plant's firewall to the internet.",
        ConnectionMethod.Direct => "Fewest parts, but the sensor's zone must be able to reach the internet.",
        ConnectionMethod.CloudProxy when answers.SeveralClouds => "Part of multicloud: the joined network ends at the same proxy pool.",
        ConnectionMethod.CloudProxy => "Needs a virtual network, a gateway, a load balancer and a proxy pool in the cloud, and a private link that nothing here asks for.",
        ConnectionMethod.ProxyChain when answers.PrivateConnectivity || answers.ExpressRoute || answers.Vpn => "Alone it ends at public addresses; before a cloud proxy it is a good first part.",
        ConnectionMethod.ProxyChain => "More hosts to run and watch than a straight way, and nothing here asks for them.",
        _ => "Only for sensors that stand in another public cloud.",
    };

    private static string Against(CloudInterconnect interconnect, MethodAnswers answers) => interconnect switch
    {
        CloudInterconnect.PublicInternet => "It uses public addresses, and private ones are asked for.",
        CloudInterconnect.Vpn when !answers.PrivateConnectivity => "A gateway on either side to pay and run, for private addresses that nobody asks for.",
        CloudInterconnect.Vpn => "It goes over the internet, so neither throughput nor a service level can be promised.",
        _ when !answers.PrivateConnectivity => "A line to order and pay by the month, for private addresses that nobody asks for.",
        CloudInterconnect.ExpressRouteOwnRouters when answers.OwnRouters => "Nothing asks for more than a VPN; routers would have to be bought, housed and run.",
        CloudInterconnect.ExpressRouteOwnRouters => "Routers must be owned, housed and run, and nobody wants to.",
        _ when answers.OwnRouters => "The provider's routers, and you want your own.",
        _ => "A line to order and pay by the month; nothing asks for more than a VPN.",
    };

    private static void Because(bool holds, string reason, List<string> reasons)
    {
        if (holds)
        {
            reasons.Add(reason);
        }
    }
}
