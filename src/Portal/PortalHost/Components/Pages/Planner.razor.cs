using Culvert.Planning;
using Culvert.PortalHost.Components.Parts;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.JSInterop;

namespace Culvert.PortalHost.Components.Pages;

/// <summary>The planner: the questions, the site file, the map, the folder for each team.</summary>
public partial class Planner
{
    private static readonly IReadOnlyList<Question> Questions =
    [
        new("Sensors and cloud must talk over private addresses", a => a.PrivateConnectivity, (a, v) => a with { PrivateConnectivity = v }),
        new("The site is on ExpressRoute", a => a.ExpressRoute, (a, v) => a with { ExpressRoute = v }),
        new("The site is on a VPN to the cloud", a => a.Vpn, (a, v) => a with { Vpn = v }),
        new("A proxy is needed to leave the OT network", a => a.ProxyToLeaveOt, (a, v) => a with { ProxyToLeaveOt = v }),
        new("Many sensors leave through a single point", a => a.SinglePoint, (a, v) => a with { SinglePoint = v }),
        new("Sensors stand in several public clouds, or in another one than they report to", a => a.SeveralClouds, (a, v) => a with { SeveralClouds = v }),
        new("Throughput must be predictable", a => a.PredictableThroughput, (a, v) => a with { PredictableThroughput = v }),
        new("A service-level agreement is needed", a => a.ServiceLevelAgreement, (a, v) => a with { ServiceLevelAgreement = v }),
        new("Much data is moved", a => a.HighVolume, (a, v) => a with { HighVolume = v }),
        new("The public internet is to be avoided", a => a.AvoidInternet, (a, v) => a with { AvoidInternet = v }),
        new("We want to own and run the routers", a => a.OwnRouters, (a, v) => a with { OwnRouters = v }),
    ];

    private MethodAnswers _answers = new();
    private MethodAdvice _advice = MethodChooser.Choose(new MethodAnswers());
    private string _text = "";
    private string _derived = "";
    private SiteFile? _site;
    private SitePlan? _plan;
    private IReadOnlyList<string> _mistakes = [];

    private static string MethodName(MethodAdvice advice) => Words.Spaced(advice.Method.ToString()) + advice.Interconnect switch
    {
        CloudInterconnect.PublicInternet => ", over the public internet",
        CloudInterconnect.Vpn => ", by a site-to-site VPN",
        CloudInterconnect.ExpressRouteOwnRouters => ", by ExpressRoute with routers of your own",
        CloudInterconnect.ExpressRouteExchange => ", by ExpressRoute through a cloud exchange provider",
        _ => "",
    };

    private void Answer(Question question, bool value)
    {
        _answers = question.Set(_answers, value);
        _advice = MethodChooser.Choose(_answers);
    }

    private async Task ReadAsync(InputFileChangeEventArgs chosen)
    {
        if (chosen.File.Size > SitePlanning.MaxLength)
        {
            _mistakes = [$"{chosen.File.Name} has {chosen.File.Size} bytes; at most {SitePlanning.MaxLength} are read."];
            return;
        }

        await using var stream = chosen.File.OpenReadStream(SitePlanning.MaxLength);
        using var reader = new StreamReader(stream);
        _text = await reader.ReadToEndAsync();
        Derive();
    }

    private void Derive()
    {
        (_site, _plan, _mistakes) = SitePlanning.Derive(_text);
        _derived = _text;
    }

    private async Task DownloadAsync() => await Script.InvokeVoidAsync(
        "culvert.downloadBytes", $"{_site!.Name}-plan.zip", "application/zip", Convert.ToBase64String(SitePlanning.Zip(_derived, _plan!)));

    private sealed record Question(string Text, Func<MethodAnswers, bool> Get, Func<MethodAnswers, bool, MethodAnswers> Set);
}
