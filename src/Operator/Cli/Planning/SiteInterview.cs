using System.Net;
using Culvert.Planning;

namespace Culvert.Cli;

/// <summary>The questions of <c>culvert plan --ask</c>: the chooser's, then the few facts that a first site file needs.</summary>
internal sealed class SiteInterview(Questioner questioner, Output output)
{
    /// <summary>Asks everything and drafts the site.</summary>
    public SiteFile Run()
    {
        var answers = new MethodAnswers();
        foreach (var question in MethodQuestion.All.Where(q => q.IsAsked(answers)))
        {
            answers = question.Answer(answers, questioner.Confirm(question.Text, question.Help, usual: false));
        }

        var advice = MethodChooser.Choose(answers);
        PlanReport.ShowAdvice(advice, output);
        output.Line();
        return SiteDraft.Create(answers, AskFacts(advice));
    }

    private SiteFacts AskFacts(MethodAdvice advice)
    {
        var facts = new SiteFacts();
        var display = questioner.Ask("What is the site called?", facts.DisplayName, "1 to 128 characters", t => t.Length <= 128 && !t.Any(char.IsControl) ? new Questioner.Box<string>(t) : null);
        facts = facts with { DisplayName = display, Name = NameOf(display) };
        facts = facts with { Sensor = questioner.Ask("The sensor's name?", facts.Sensor, "letters, digits, '-', '.' or '_'", t => SensorId.IsValid(t) ? new Questioner.Box<string>(t) : null) };
        facts = facts with { SensorNetwork = Network("The network the sensor stands in?", facts.SensorNetwork) };
        var network = facts.SensorNetwork;
        facts = facts with
        {
            SensorAddress = questioner.Ask("The sensor's address?", Near(network).ToString(), $"an address in {network}", t => IPAddress.TryParse(t, out var a) && network.Contains(a) ? new Questioner.Box<IPAddress>(a) : null),
        };
        if (advice.Method == ConnectionMethod.Multicloud)
        {
            facts = facts with { SensorCloud = Word("Which cloud does the sensor stand in?", [CloudKind.Aws, CloudKind.Google], CloudKind.Aws) };
        }
        else
        {
            facts = facts with { FirewallKind = Word("What are the firewalls?", Enum.GetValues<FirewallKind>().Where(k => k != FirewallKind.AzureNsg), facts.FirewallKind) };
        }

        if (advice.Method == ConnectionMethod.ProxyChain)
        {
            facts = AskChain(facts);
        }

        if ((advice.Method == ConnectionMethod.CloudProxy && advice.Interconnect is null) || advice.Interconnect == CloudInterconnect.Vpn)
        {
            facts = facts with { FromGateway = Address("The near VPN gateway's public address?", facts.FromGateway), ToGateway = Address("The far VPN gateway's public address?", facts.ToGateway) };
        }

        return AskCloud(facts);
    }

    private SiteFacts AskChain(SiteFacts facts)
    {
        facts = facts with { ProxyKind = Word("Which program are the proxies?", [ProxyKind.Culvert, ProxyKind.Squid, ProxyKind.Tinyproxy, ProxyKind.Other], ProxyKind.Culvert) };
        if (questioner.Confirm("Is there a proxy at level 3, inside the plant?", "The first hop; the sensor needs to reach nothing else.", usual: true))
        {
            facts = facts with { PlantProxyNetwork = Network("The network at level 3?", IPNetwork.Parse("10.10.3.0/24")) };
        }

        if (questioner.Confirm("Is there a proxy in the industrial DMZ, level 3.5?", "The hop that alone reaches the outside.", usual: true))
        {
            facts = facts with { DmzProxyNetwork = Network("The network of the DMZ?", IPNetwork.Parse("10.10.35.0/24")) };
        }

        return facts;
    }

    private SiteFacts AskCloud(SiteFacts facts)
    {
        facts = facts with { Cloud = Word("Which cloud does the sensor report to?", [CloudKind.Culvert, CloudKind.Azure], CloudKind.Culvert) };
        if (facts.Cloud == CloudKind.Culvert)
        {
            var host = Host("The portal's name?", "portal.example.com");
            return facts with { Hosts = Enum.GetValues<CloudService>().ToDictionary(s => s, _ => host) };
        }

        return facts with
        {
            Hosts = new Dictionary<CloudService, string>
            {
                [CloudService.IotHub] = Host("The IoT Hub's exact name?", "contoso-hub.azure-devices.net"),
                [CloudService.EventHubs] = Host("The Event Hubs namespace's exact name?", "contoso-events.servicebus.windows.net"),
                [CloudService.Blob] = Host("The storage account's exact name?", "contosoevidence.blob.core.windows.net"),
                [CloudService.Downloads] = Host("The download host's exact name?", "download.example.com"),
                [CloudService.Telemetry] = Host("The telemetry collector's exact name?", "otel.example.com"),
            },
        };
    }

    private string Host(string question, string usual) =>
        questioner.Ask(question, usual, "one exact host name, no wildcard", t => HostPort.IsExactHost(t) ? new Questioner.Box<string>(new HostPort(t, 443).Host) : null);

    private IPAddress Address(string question, IPAddress usual) =>
        questioner.Ask(question, usual.ToString(), "an IPv4 or IPv6 address", t => IPAddress.TryParse(t, out var a) ? new Questioner.Box<IPAddress>(a) : null);

    private IPNetwork Network(string question, IPNetwork usual) =>
        questioner.Ask(question, usual.ToString(), "a network such as 10.1.2.0/24", t => t.Contains('/') && IPNetwork.TryParse(t, out var n) && n.PrefixLength <= 28 ? new Questioner.Box<IPNetwork>(n) : null);

    private T Word<T>(string question, IEnumerable<T> values, T usual)
        where T : struct, Enum
    {
        var words = values.ToDictionary(PlanReport.Word, v => v);
        return words[questioner.Choose(question, [.. words.Keys], PlanReport.Word(usual))];
    }

    // The tenth address: what stands before it is often the network's own.
    private static IPAddress Near(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        bytes[^1] = (byte)(bytes[^1] + 10);
        return new IPAddress(bytes);
    }

    private static string NameOf(string display)
    {
        var name = new string([.. display.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-');
        return name.Length == 0 ? "plant" : name[..Math.Min(63, name.Length)].TrimEnd('-');
    }
}
