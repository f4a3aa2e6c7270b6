using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>Configuration of a Squid hop: CONNECT only, exact destinations, known sources, nothing cached or inspected, never past its parents.</summary>
internal static class SquidWriter
{
    public static string Write(SiteFile site, SiteProxy proxy)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Squid for {proxy.Name}, /etc/squid/squid.conf. Order matters: the first http_access line that matches decides.\n");
        text.Append(CultureInfo.InvariantCulture, $"visible_hostname {proxy.Name}\n");
        // Members of a pool have addresses of their own.
        var address = proxy.Pool is not null ? "" : proxy.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{proxy.Address}]:" : $"{proxy.Address}:";
        text.Append(proxy.Scheme == HopScheme.Https
            ? string.Create(CultureInfo.InvariantCulture, $"# Certificate with intermediates, and its key, readable by Squid alone.\nhttps_port {address}{proxy.Port} tls-cert=/etc/squid/tls/{proxy.Name}.pem tls-key=/etc/squid/tls/{proxy.Name}.key options=NO_SSLv3,NO_TLSv1,NO_TLSv1_1\n")
            : string.Create(CultureInfo.InvariantCulture, $"http_port {address}{proxy.Port}\n"));
        AppendRules(text, site, proxy);
        AppendParents(text, site, proxy);
        text.Append("\n# Nothing is cached, and nothing is looked into: there is no ssl_bump here.\ncache deny all\ncache_mem 8 MB\nmemory_pools off\n");
        text.Append("\n# Who asked is the next hop's business only by our own name.\nforwarded_for delete\nvia on\nicp_port 0\nhtcp_port 0\nsnmp_port 0\npinger_enable off\n");
        text.Append(CultureInfo.InvariantCulture, $"\n# A tunnel may be idle so long; the sensor's keep-alive stays below. Its whole life is not limited to a day.\nread_timeout {(long)proxy.IdleTimeout.TotalSeconds} seconds\nclient_lifetime 365 days\nconnect_timeout 5 seconds\nforward_timeout 10 seconds\nrequest_timeout 15 seconds\nshutdown_lifetime 30 seconds\n");
        if (FixedNames.OfProxy(site, proxy).Count > 0)
        {
            text.Append("# This zone has no resolver: names with fixed addresses, in the file that comes with this one.\nhosts_file /etc/squid/hosts\n");
        }

        var dns = site.Zone(proxy.Zone).DnsServers;
        if (dns.Count > 0 && proxy.Parents.Count == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"dns_nameservers {string.Join(' ', dns)}\n");
        }

        return text.ToString();
    }

    private static void AppendRules(StringBuilder text, SiteFile site, SiteProxy proxy)
    {
        var authenticated = "";
        if (proxy.Credentials is { } credentials)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n# Password of '{credentials.UserName}' (kept in {credentials.Password}) goes into this file: htpasswd -B /etc/squid/passwords '{credentials.UserName}'\n");
            text.Append(CultureInfo.InvariantCulture, $"auth_param basic program /usr/lib/squid/basic_ncsa_auth /etc/squid/passwords\nauth_param basic realm {proxy.Name}\nacl known_user proxy_auth REQUIRED\n");
            authenticated = " known_user";
        }

        // Squid defines CONNECT, localhost and all by itself.
        text.Append("\n# Who may ask.\n");
        foreach (var client in ProxySources.Of(site, proxy))
        {
            text.Append(CultureInfo.InvariantCulture, $"acl clients src {client}\n");
        }

        var destinations = FlowPlanner.DestinationsOf(site, proxy);
        text.Append("\n# Where they may go: exact names and ports.\n");
        for (var i = 0; i < destinations.Count; i++)
        {
            var (kind, host) = destinations[i].IsAddress ? ("dst -n", destinations[i].Host) : ("dstdomain -n", destinations[i].Host);
            text.Append(CultureInfo.InvariantCulture, $"acl destination{i + 1} {kind} {host}\nacl port{i + 1} port {destinations[i].Port}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"acl wanted_ports port {string.Join(' ', destinations.Select(d => d.Port).Distinct().Order())}\n");
        text.Append("\n# Before anything is allowed: no method but CONNECT, no port but these.\nhttp_access deny !CONNECT\nhttp_access deny !wanted_ports\nhttp_access deny !clients\n");
        for (var i = 0; i < destinations.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"http_access allow CONNECT clients destination{i + 1} port{i + 1}{authenticated}\n");
        }

        text.Append("http_access deny all\n");
    }

    private static void AppendParents(StringBuilder text, SiteFile site, SiteProxy proxy)
    {
        if (proxy.Parents.Count == 0)
        {
            return;
        }

        text.Append("\n# Parents, preferred first. Without never_direct Squid would go past them: a CONNECT counts as non-hierarchical.\n# Before version 7 Squid counts a destination's failure against the parent; the high limit keeps one bad name from cutting off all others.\n");
        foreach (var parent in proxy.Parents.Select(site.Proxy))
        {
            var options = new StringBuilder("no-query no-digest connect-timeout=3 connect-fail-limit=100");
            if (parent.Scheme == HopScheme.Https)
            {
                options.Append(CultureInfo.InvariantCulture, $" tls tls-cafile=/etc/squid/tls/{parent.Name}-ca.pem tls-min-version=1.2");
            }

            if (ProxySecrets.AskedBy(site, parent) is { } credentials)
            {
                text.Append(CultureInfo.InvariantCulture, $"# Replace {ProxySecrets.Token(parent)} on installation by the password kept in {credentials.Password}, percent-encoded; this file must then be readable by Squid alone.\n");
                options.Append(CultureInfo.InvariantCulture, $" login={Uri.EscapeDataString(credentials.UserName)}:{ProxySecrets.Token(parent)}");
            }

            text.Append(CultureInfo.InvariantCulture, $"cache_peer {parent.Listen.Host} parent {parent.Port} 0 {options} name={parent.Name}\n");
        }

        text.Append("never_direct allow all\nnonhierarchical_direct off\nprefer_direct off\n");
    }
}
