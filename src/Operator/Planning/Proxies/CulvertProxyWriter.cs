using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>Settings of a <c>culvert-proxy</c> hop.</summary>
internal static class CulvertProxyWriter
{
    /// <summary>Where the files of an https listener and of trust in parents are put on the proxy's machine.</summary>
    public const string TlsFolder = "/etc/culvert/tls";

    public static string Write(SiteFile site, SiteProxy proxy)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# culvert-proxy for {proxy.Name}, /etc/culvert/proxy.yaml. Check it on its machine: culvert-proxy check --config /etc/culvert/proxy.yaml\n");
        text.Append(CultureInfo.InvariantCulture, $"proxy:\n  name: {Yaml.Text(proxy.Name)}\n");
        if (site.Zone(proxy.Zone).PurdueLevel is { } level)
        {
            text.Append(CultureInfo.InvariantCulture, $"  level: {level}\n");
        }

        AppendListener(text, site, proxy);
        text.Append(CultureInfo.InvariantCulture, $"\n# {HealthComment(site, proxy)}\nhealth: {{ address: {HealthAddress(site, proxy)}, port: {ProxyHealth.PortOf(proxy)} }}\n");
        var destinations = FlowPlanner.DestinationsOf(site, proxy);
        text.Append("\n# Exact names and ports; everything else is refused.\nallow:\n");
        text.AppendJoin("", destinations.Select(d => $"  - {Yaml.Text(d.ToString())}\n"));
        text.Append("\n# Who may ask; everybody else is refused.\nsources:\n");
        text.AppendJoin("", ProxySources.Of(site, proxy).Select(s => $"  - {Yaml.Text(s.ToString())}\n"));
        AppendIdentity(text, proxy);
        AppendParents(text, site, proxy);
        AppendHosts(text, site, proxy);
        var privates = PrivateAddresses.BehindDestinations(site, proxy, destinations);
        if (privates.Count > 0)
        {
            text.Append("\n# Private addresses that a tunnel may lead to; all others are refused, whatever a resolver says.\nprivateDestinations:\n");
            text.AppendJoin("", privates.Select(p => $"  - {Yaml.Text(p.ToString())}\n"));
        }

        text.Append(CultureInfo.InvariantCulture, $"\n# The sensors' keep-alive stays below this.\nlimits: {{ idleTimeout: {Yaml.Duration(proxy.IdleTimeout)} }}\n");
        return text.ToString();
    }

    private static void AppendListener(StringBuilder text, SiteFile site, SiteProxy proxy)
    {
        // Members of a pool have addresses of their own, so one file serves them all.
        var address = proxy.Pool is null ? proxy.Address.ToString() : "0.0.0.0";
        text.Append(CultureInfo.InvariantCulture, $"\nlisten:\n  - address: {Yaml.Text(address)}\n    port: {proxy.Port}\n");
        if (proxy.Scheme == HopScheme.Https)
        {
            text.Append(CultureInfo.InvariantCulture, $"    scheme: https\n    certificate: {{ certificateFile: {TlsFolder}/{proxy.Name}.pem, keyFile: {TlsFolder}/{proxy.Name}.key }}\n");
        }

        var fronts = ProxySources.FrontsOf(site, proxy);
        if (fronts.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"    # These fronts say in a header (PROXY protocol version 2) whom they speak for.\n    proxyProtocolFrom: {Yaml.List(fronts.Select(f => f.ToString()))}\n");
        }
    }

    private static string HealthAddress(SiteFile site, SiteProxy proxy) =>
        proxy.Pool is not null ? "0.0.0.0" : ProxySources.FrontsOf(site, proxy).Count > 0 ? Yaml.Text(proxy.Address.ToString()) : "127.0.0.1";

    private static string HealthComment(SiteFile site, SiteProxy proxy) =>
        proxy.Pool is not null ? "/healthz for the load balancer: well only while a tunnel could be opened. Also /metrics."
        : ProxySources.FrontsOf(site, proxy).Count > 0 ? "/healthz for the front: well only while a tunnel could be opened. Also /metrics."
        : "/healthz and /metrics, for this machine alone.";

    private static void AppendIdentity(StringBuilder text, SiteProxy proxy)
    {
        if (proxy.Credentials is { } credentials)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n# The hash of the password kept in {credentials.Password}, made by: culvert-proxy hash-password\nidentities:\n  - name: {Yaml.Text(credentials.UserName)}\n    passwordHash: \"{ProxySecrets.HashToken(proxy)}\"\n");
        }
    }

    private static void AppendParents(StringBuilder text, SiteFile site, SiteProxy proxy)
    {
        if (proxy.Parents.Count == 0)
        {
            return;
        }

        text.Append("\n# Everything is passed on to these, the first one that is well; nothing goes past them.\nparents:\n");
        foreach (var (index, parent) in proxy.Parents.Select(site.Proxy).Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"  - name: {Yaml.Text(parent.Name)}\n    host: {Yaml.Text(parent.Listen.Host)}\n    port: {parent.Port}\n    scheme: {Words.Camel(parent.Scheme)}\n    priority: {index + 1}\n");
            if (site.Zone(parent.Zone).PurdueLevel is { } level)
            {
                text.Append(CultureInfo.InvariantCulture, $"    level: {level}\n");
            }

            if (ProxySecrets.AskedBy(site, parent) is { } credentials)
            {
                text.Append(CultureInfo.InvariantCulture, $"    credentials: {{ userName: {Yaml.Text(credentials.UserName)}, password: {Yaml.Secret(credentials.Password)} }}\n");
            }

            if (parent.Scheme == HopScheme.Https)
            {
                text.Append(CultureInfo.InvariantCulture, $"    trust: {{ caFile: {TlsFolder}/{parent.Name}-ca.pem }}\n");
            }
        }
    }

    private static void AppendHosts(StringBuilder text, SiteFile site, SiteProxy proxy)
    {
        var hosts = FixedNames.OfProxy(site, proxy);
        if (hosts.Count > 0)
        {
            text.Append("\n# This zone has no resolver: names with fixed addresses.\nhosts:\n");
            text.AppendJoin("", hosts.Select(h => $"  {Yaml.Text(h.Key)}: {Yaml.List(h.Value.Select(a => a.ToString()))}\n"));
        }
    }
}
