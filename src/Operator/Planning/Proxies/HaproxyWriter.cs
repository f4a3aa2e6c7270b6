using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>Configuration of an HAProxy front in TCP mode: known sources, spread over proxies that are checked.</summary>
internal static class HaproxyWriter
{
    public static string Write(SiteFile site, SiteProxy proxy)
    {
        var idle = (long)proxy.IdleTimeout.TotalSeconds;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# HAProxy for {proxy.Name}, /etc/haproxy/haproxy.cfg: a front that spreads connections and looks into none.\nglobal\n    log stdout format raw daemon\n    maxconn 8000\n\n");
        text.Append(CultureInfo.InvariantCulture, $"defaults\n    mode tcp\n    log global\n    option tcplog\n    option clitcpka\n    option srvtcpka\n    option redispatch\n    # Bytes stay in the kernel; splice-auto alone does not splice.\n    option splice-request\n    option splice-response\n    retries 2\n    timeout connect 3s\n    timeout client {idle}s\n    timeout server {idle}s\n\n");
        text.Append(CultureInfo.InvariantCulture, $"frontend {proxy.Name}\n    bind {proxy.Address}:{proxy.Port}\n    acl known_source src {string.Join(' ', FlowPlanner.ClientsOf(site, proxy))}\n    tcp-request connection reject unless known_source\n    default_backend proxies\n\n");
        text.Append("backend proxies\n    balance leastconn\n");
        foreach (var parent in proxy.Parents.Select(site.Proxy))
        {
            text.Append(CultureInfo.InvariantCulture, $"    server {parent.Name} {parent.Address}:{parent.Port} check inter 2s fall 2 rise 2\n");
        }

        return text.ToString();
    }
}
