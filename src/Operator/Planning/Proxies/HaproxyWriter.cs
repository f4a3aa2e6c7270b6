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
        text.Append(CultureInfo.InvariantCulture, $"frontend {proxy.Name}\n    bind {Bracketed(proxy.Address)}:{proxy.Port}\n    acl known_source src {string.Join(' ', FlowPlanner.ClientsOf(site, proxy))}\n    tcp-request connection reject unless known_source\n    default_backend proxies\n\n");
        text.Append("backend proxies\n    balance leastconn\n");
        var parents = proxy.Parents.Select(site.Proxy).ToList();
        var isCulvert = parents.All(p => p.Kind == ProxyKind.Culvert);
        if (isCulvert)
        {
            text.Append(CultureInfo.InvariantCulture, $"    # Well only while the proxy could open a tunnel now: more than an open port.\n    option httpchk GET {ProxyHealth.Path}\n    http-check expect status 200\n");
        }
        else
        {
            AppendTunnelCheck(text, FlowPlanner.DestinationsOf(site, proxy)[0], parents.Any(p => p.Credentials is not null));
        }

        foreach (var parent in parents)
        {
            // A Culvert proxy is told who the client is, so that it can judge by the source and write it down.
            var check = isCulvert ? string.Create(CultureInfo.InvariantCulture, $"check port {ProxyHealth.PortOf(parent)} inter 2s fall 2 rise 2 send-proxy-v2") : "check inter 10s fastinter 2s fall 2 rise 2";
            text.Append(CultureInfo.InvariantCulture, $"    server {parent.Name} {Bracketed(parent.Address)}:{parent.Port} {check}\n");
        }

        return text.ToString();
    }

    // Port open says little: what is asked is a tunnel to the cloud, as a sensor would.
    private static void AppendTunnelCheck(StringBuilder text, HostPort destination, bool asksPassword)
    {
        text.Append(asksPassword
            ? "    # Asks for a tunnel as a sensor would. These proxies want a password, which a check does not have: 407 says that they answer, not that the cloud is reached.\n"
            : "    # Asks for a tunnel as a sensor would: well only while one can be opened.\n");
        text.Append(CultureInfo.InvariantCulture, $"    option tcp-check\n    tcp-check connect\n    tcp-check send \"CONNECT {destination} HTTP/1.1\\r\\nHost: {destination}\\r\\n\\r\\n\"\n");
        text.Append(CultureInfo.InvariantCulture, $"    tcp-check expect rstring \"^HTTP/1[.][01] {(asksPassword ? "(200|407)" : "200")}\"\n");
    }

    private static string Bracketed(System.Net.IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
