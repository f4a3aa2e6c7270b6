namespace Culvert.Planning;

/// <summary>Writes a hop's configuration in the form its program reads.</summary>
public static class ProxyWriter
{
    /// <summary>The files for one proxy; none for a program that somebody else configures.</summary>
    public static IReadOnlyList<PlanFile> Write(SiteFile site, SiteProxy proxy)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        var folder = $"proxies/{proxy.Name}";
        return proxy.Kind switch
        {
            ProxyKind.Squid => [new($"{folder}/squid.conf", SquidWriter.Write(site, proxy))],
            ProxyKind.Tinyproxy => [new($"{folder}/tinyproxy.conf", TinyproxyWriter.Write(site, proxy)), new($"{folder}/filter", TinyproxyWriter.WriteFilter(site, proxy))],
            ProxyKind.Haproxy => [new($"{folder}/haproxy.cfg", HaproxyWriter.Write(site, proxy))],
            _ => [],
        };
    }
}
