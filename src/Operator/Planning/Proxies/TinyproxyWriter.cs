using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Culvert.Planning;

/// <summary>Configuration of a tinyproxy hop, and its filter of exact names.</summary>
/// <remarks>tinyproxy checks name and port apart, so every name may be asked for at every port of the list; the firewall behind it decides.</remarks>
internal static class TinyproxyWriter
{
    public static string Write(SiteFile site, SiteProxy proxy)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# tinyproxy for {proxy.Name}, /etc/tinyproxy/tinyproxy.conf\nUser tinyproxy\nGroup tinyproxy\nPort {proxy.Port}\nListen {proxy.Address}\n");
        text.Append(CultureInfo.InvariantCulture, $"# A tunnel may be idle so long; the sensor's keep-alive stays below.\nTimeout {(long)proxy.IdleTimeout.TotalSeconds}\nMaxClients 500\nLogLevel Connect\nLogFile \"/var/log/tinyproxy/tinyproxy.log\"\nPidFile \"/run/tinyproxy/tinyproxy.pid\"\nViaProxyName \"{proxy.Name}\"\n");
        text.Append("\n# Who may ask; everybody else is refused.\n");
        foreach (var client in ProxySources.Of(site, proxy))
        {
            text.Append(CultureInfo.InvariantCulture, $"Allow {client}\n");
        }

        if (proxy.Credentials is { } credentials)
        {
            text.Append(CultureInfo.InvariantCulture, $"# Replace {ProxySecrets.Token(proxy)} on installation by the password kept in {credentials.Password}; this file must then be readable by tinyproxy alone.\nBasicAuth {credentials.UserName} {ProxySecrets.Token(proxy)}\n");
        }

        text.Append("\n# Where they may go: only names that the filter lists, only these ports.\nFilter \"/etc/tinyproxy/filter\"\nFilterDefaultDeny Yes\nFilterExtended On\nFilterURLs Off\nFilterCaseSensitive Off\n");
        foreach (var port in FlowPlanner.DestinationsOf(site, proxy).Select(d => d.Port).Distinct().Order())
        {
            text.Append(CultureInfo.InvariantCulture, $"ConnectPort {port}\n");
        }

        if (FixedNames.OfProxy(site, proxy).Count > 0)
        {
            text.Append("\n# This zone has no resolver: append the file hosts that comes with this one to /etc/hosts.\n");
        }

        foreach (var parent in proxy.Parents.Select(site.Proxy))
        {
            text.Append("\n# The one parent; nothing goes past it.\n");
            if (ProxySecrets.AskedBy(site, parent) is { } asked)
            {
                text.Append(CultureInfo.InvariantCulture, $"# Replace {ProxySecrets.Token(parent)} on installation by the password kept in {asked.Password} (tinyproxy takes no @ or space in it); this file must then be readable by tinyproxy alone.\n");
                text.Append(CultureInfo.InvariantCulture, $"Upstream http {asked.UserName}:{ProxySecrets.Token(parent)}@{parent.Listen}\n");
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"Upstream http {parent.Listen}\n");
            }
        }

        return text.ToString();
    }

    public static string WriteFilter(SiteFile site, SiteProxy proxy) =>
        string.Concat(FlowPlanner.DestinationsOf(site, proxy).Select(d => d.Host).Distinct().Select(h => $"^{Regex.Escape(h)}$\n"));
}
