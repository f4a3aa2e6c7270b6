namespace Culvert.Planning;

/// <summary>Writes a hop's configuration in the form its program reads.</summary>
public static class ProxyWriter
{
    /// <summary>The files for one proxy; for a program that somebody else configures, a page that says what it must do.</summary>
    public static IReadOnlyList<PlanFile> Write(SiteFile site, SiteProxy proxy)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(proxy);
        var files = proxy.Kind switch
        {
            ProxyKind.Culvert => [Main("proxy.yaml", CulvertProxyWriter.Write(site, proxy))],
            ProxyKind.Squid => WithHosts("hosts", Main("squid.conf", SquidWriter.Write(site, proxy))),
            ProxyKind.Tinyproxy =>
            [
                .. WithHosts("hosts", Main("tinyproxy.conf", TinyproxyWriter.Write(site, proxy))),
                File("filter", PlanFileKind.ProxyFilter, TinyproxyWriter.WriteFilter(site, proxy)),
            ],
            ProxyKind.Haproxy => [Main("haproxy.cfg", HaproxyWriter.Write(site, proxy))],
            _ => (IReadOnlyList<PlanFile>)[File("request.md", PlanFileKind.Page, ProxyRequestWriter.Write(site, proxy))],
        };
        return files;

        PlanFile Main(string name, string content) => File(name, PlanFileKind.ProxyConfiguration, content) with { Secrets = ProxySecrets.Of(site, proxy) };

        PlanFile File(string name, PlanFileKind kind, string content)
        {
            var team = TeamFolder.TeamOf(site.Zone(proxy.Zone));
            return new PlanFile($"{TeamFolder.Of(team)}/{proxy.Name}/{name}", content) { Team = team, Kind = kind, Host = proxy.Name };
        }

        IReadOnlyList<PlanFile> WithHosts(string name, PlanFile main)
        {
            var hosts = FixedNames.OfProxy(site, proxy);
            return hosts.Count == 0 ? [main] : [main, File(name, PlanFileKind.ProxyHosts, string.Concat(hosts.SelectMany(h => h.Value.Select(a => $"{a} {h.Key}\n"))))];
        }
    }
}
