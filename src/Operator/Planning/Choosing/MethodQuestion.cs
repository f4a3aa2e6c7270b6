namespace Culvert.Planning;

/// <summary>A question whose answer, yes or no, helps to choose the method.</summary>
/// <param name="Key">A short word for it; where the site file has a requirement for it, that field's name.</param>
/// <param name="Text">The question.</param>
/// <param name="Help">What it means, for somebody who does not know.</param>
public sealed record MethodQuestion(string Key, string Text, string Help)
{
    private Func<MethodAnswers, bool> _isAsked = _ => true;
    private Func<MethodAnswers, bool, MethodAnswers> _answer = (a, _) => a;

    /// <summary>All questions in the order in which they are asked: the table of Microsoft's guide, and its flow chart for several clouds.</summary>
    public static IReadOnlyList<MethodQuestion> All { get; } =
    [
        new("severalClouds", "Does the sensor stand in a public cloud other than the one it reports to?", "For example in AWS or Google Cloud, watching traffic that the cloud mirrors to it.")
            { _answer = (a, yes) => a with { SeveralClouds = yes } },
        new("privateConnectivity", "Must sensor and cloud talk over private addresses?", "Say yes where no packet may use a public address, by policy or by law.")
            { _answer = (a, yes) => a with { PrivateConnectivity = yes } },
        new("predictableThroughput", "Must throughput be predictable?", "The internet, and so a VPN over it, promises none.")
            { _isAsked = IsJoined, _answer = (a, yes) => a with { PredictableThroughput = yes } },
        new("serviceLevelAgreement", "Is a service-level agreement needed for the connection?", "ExpressRoute has one; the internet has none.")
            { _isAsked = IsJoined, _answer = (a, yes) => a with { ServiceLevelAgreement = yes } },
        new("highVolume", "Is much data moved?", "A sensor sends 1.5 Mbit/s at most by default; count all sensors, and whatever else will use the link.")
            { _isAsked = IsJoined, _answer = (a, yes) => a with { HighVolume = yes } },
        new("avoidInternet", "Is the public internet to be avoided even inside a VPN?", "A VPN is encrypted, and still depends on the internet.")
            { _isAsked = IsJoined, _answer = (a, yes) => a with { AvoidInternet = yes } },
        new("ownRouters", "Do you want to own and run the routers between the clouds?", "If not, a cloud exchange provider runs them.")
            {
                _isAsked = a => IsJoined(a) && (a.PredictableThroughput || a.ServiceLevelAgreement || a.HighVolume || a.AvoidInternet),
                _answer = (a, yes) => a with { OwnRouters = yes },
            },
        new("expressRoute", "Is the site on ExpressRoute?", "A private line to Azure that a carrier provides.")
            { _isAsked = IsOnPremises, _answer = (a, yes) => a with { ExpressRoute = yes } },
        new("vpn", "Is the site on a VPN to the cloud's virtual network, or will it be?", "A site-to-site IPsec tunnel from the plant's edge.")
            { _isAsked = IsOnPremises, _answer = (a, yes) => a with { Vpn = yes } },
        new("proxyToLeaveOt", "Is a proxy needed to leave the OT network?", "So it is where level 3 must not open connections to the outside, and in most plants with an industrial DMZ.")
            { _isAsked = IsOnPremises, _answer = (a, yes) => a with { ProxyToLeaveOt = yes } },
        new("singlePoint", "Do many sensors leave through a single point?", "One proxy then keeps the rules for all of them.")
            { _isAsked = IsOnPremises, _answer = (a, yes) => a with { SinglePoint = yes } },
    ];

    /// <summary>Whether the question matters after the answers given so far.</summary>
    public bool IsAsked(MethodAnswers soFar) => _isAsked(soFar);

    /// <summary>The answers with this one.</summary>
    public MethodAnswers Answer(MethodAnswers soFar, bool yes) => _answer(soFar, yes);

    private static bool IsJoined(MethodAnswers a) => a is { SeveralClouds: true, PrivateConnectivity: true };

    private static bool IsOnPremises(MethodAnswers a) => !a.SeveralClouds;
}
