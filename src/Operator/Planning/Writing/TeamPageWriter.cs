using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>The page in each team's folder: what to do with each file, and which secrets to put where.</summary>
internal static class TeamPageWriter
{
    public static IReadOnlyList<PlanFile> Write(SiteFile site, IReadOnlyList<PlanFile> files) =>
        [.. files.GroupBy(f => f.Team).Where(g => g.Key != PlanTeam.Everyone).OrderBy(g => g.Key)
            .Select(g => new PlanFile($"{TeamFolder.Of(g.Key)}/README.md", Write(site, g.Key, [.. g])) { Team = g.Key, Kind = PlanFileKind.Page })];

    private static string Write(SiteFile site, PlanTeam team, IReadOnlyList<PlanFile> files)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {site.DisplayName}: {TeamFolder.Title(team)}\n\nWritten by `culvert plan` from the site file; change that, not this. Every connection is opened towards the cloud; nothing is opened towards a sensor.\n\n");
        foreach (var host in files.GroupBy(f => f.Host))
        {
            text.Append(CultureInfo.InvariantCulture, $"## {host.Key}\n\n");
            foreach (var file in host.OrderBy(f => f.Path, StringComparer.Ordinal))
            {
                var name = file.Path[(TeamFolder.Of(team).Length + 1)..];
                text.Append(CultureInfo.InvariantCulture, $"- [{name}]({name}): {What(file)}\n");
            }

            AppendTls(text, site, host.Key);
            foreach (var secret in host.SelectMany(f => f.Secrets))
            {
                text.Append(CultureInfo.InvariantCulture, $"- Secret: the {secret.Purpose}, kept in {secret.Place}. {How(secret)}\n");
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string What(PlanFile file) => file.Path[(file.Path.LastIndexOf('/') + 1)..] switch
    {
        "rules.nft" => "replaces its own table in one step: `nft -f rules.nft`; look first with `nft -c -f rules.nft`",
        "rules.sh" => "fills a chain of its own and can run again: `sh rules.sh`",
        "rules.asa" => "paste in configuration mode; read the remarks on access groups first",
        "rules.fortigate" => "paste in the CLI, and move the new policies above the first that denies",
        "rules.panos" => "paste in configuration mode, then `commit`",
        "nsg-rules.json" => "the property securityRules of the network security group",
        "change-request.csv" => "the same rules as a table, for approval",
        "proxy.yaml" => "to /etc/culvert/proxy.yaml; `culvert-proxy check --config /etc/culvert/proxy.yaml`, then start the service",
        "squid.conf" => "to /etc/squid/squid.conf; `squid -k parse`, then restart the service",
        "tinyproxy.conf" => "to /etc/tinyproxy/tinyproxy.conf, then restart the service",
        "filter" => "to /etc/tinyproxy/filter",
        "hosts" => "names with fixed addresses: to /etc/squid/hosts, or appended to /etc/hosts for tinyproxy",
        "haproxy.cfg" => "to /etc/haproxy/haproxy.cfg; `haproxy -c -f /etc/haproxy/haproxy.cfg`, then reload the service",
        "sensor.yaml" => "to /etc/culvert/sensor.yaml before `culvert-sensor activate`",
        "request.md" => "what its owners set up",
        "main.bicep" => "`az deployment group create --template-file main.bicep`",
        "main.json" => "the same as an ARM template, for those who do not use Bicep",
        "main.tf" => "`terraform plan`, then `terraform apply`",
        "cloud-init.yaml" => "first boot of a pool's machine; main.bicep and main.json hold it already",
        "kubernetes.yaml" => "the same pool on Kubernetes, where that is preferred: `kubectl apply -f kubernetes.yaml`",
        "peering.md" => "the parameters that both ends of the peering must agree on",
        _ => "for people",
    };

    private static string How(PlanSecret secret) => (secret.Token, secret.Form) switch
    {
        (null, _) => "The program reads it from there.",
        (_, PlanSecretForm.Hash) => $"Put what `culvert-proxy hash-password` makes of it in the place of `{secret.Token}`.",
        (_, PlanSecretForm.PercentEncoded) => $"Put it, percent-encoded, in the place of `{secret.Token}`.",
        _ => $"Put it in the place of `{secret.Token}`.",
    };

    private static void AppendTls(StringBuilder text, SiteFile site, string? host)
    {
        if (site.Proxies.FirstOrDefault(p => p.Name == host) is { Scheme: HopScheme.Https, Kind: ProxyKind.Culvert or ProxyKind.Squid } proxy)
        {
            var folder = proxy.Kind == ProxyKind.Squid ? "/etc/squid/tls" : CulvertProxyWriter.TlsFolder;
            text.Append(CultureInfo.InvariantCulture, $"- Certificate for {proxy.Listen.Host} with its intermediates to {folder}/{proxy.Name}.pem, its key to {folder}/{proxy.Name}.key (mode 0600)\n");
        }

        var dialled = site.Proxies.FirstOrDefault(p => p.Name == host)?.Parents ?? [.. site.Sensors.Where(s => s.Name.ToString() == host).SelectMany(s => s.Routes).SelectMany(r => r.Hops).Distinct()];
        foreach (var next in dialled.Select(site.Proxy).Where(p => p.Scheme == HopScheme.Https))
        {
            text.Append(CultureInfo.InvariantCulture, $"- Certificate of the authority that signed {next.Name}'s, to the tls folder as {next.Name}-ca.pem\n");
        }
    }
}
