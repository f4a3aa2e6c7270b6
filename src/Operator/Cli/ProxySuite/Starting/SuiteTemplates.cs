using System.Globalization;

namespace Culvert.Cli;

/// <summary>Settings of the proxies that the suite starts: CONNECT only, exact destinations, deadlines below the suite's patience.</summary>
internal static class SuiteTemplates
{
    public static string Culvert(IReadOnlyList<HostPort> allowed, IReadOnlyList<HostPort> parents) =>
        "proxy: { name: suite-proxy }\n" +
        "listen: [ { address: 127.0.0.1, port: 0 } ]\n" +
        "health: { address: 127.0.0.1, port: 0 }\n" +
        $"allow:\n{string.Concat(allowed.Select(a => $"  - {a}\n"))}" +
        "sources: [127.0.0.0/8]\nprivateDestinations: [127.0.0.0/8]\nlimits: { requestTimeout: 5s, drainTimeout: 1s }\n" +
        (parents.Count == 0 ? "" : $"parents:\n{string.Concat(parents.Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"  - {{ name: parent-{i + 1}, host: {p.Host}, port: {p.Port}, priority: {i + 1} }}\n")))}");

    public static string Squid(int port, string folder, IReadOnlyList<HostPort> allowed, IReadOnlyList<HostPort> parents)
    {
        var rules = string.Concat(allowed.Select((a, i) => string.Create(
            CultureInfo.InvariantCulture, $"acl host{i} {(a.IsAddress ? "dst -n" : "dstdomain -n")} {a.Host}\nacl port{i} port {a.Port}\nhttp_access allow CONNECT host{i} port{i}\n")));
        var peers = string.Concat(parents.Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"cache_peer {p.Host} parent {p.Port} 0 no-query no-digest connect-timeout=3 connect-fail-limit=100 name=parent{i}\n")));
        return string.Create(CultureInfo.InvariantCulture, $"http_port 127.0.0.1:{port}\nvisible_hostname suite-proxy\nhttp_access deny !CONNECT\n{rules}http_access deny all\n{peers}{(parents.Count > 0 ? "never_direct allow all\n" : "")}") +
            $"cache deny all\ncache_mem 8 MB\naccess_log none\ncache_log {folder}/squid.log\npid_filename none\ncoredump_dir {folder}\npinger_enable off\nvia on\n" +
            "request_timeout 5 seconds\nrequest_start_timeout 5 seconds\nconnect_timeout 5 seconds\nforward_timeout 10 seconds\nread_timeout 10 seconds\ndns_timeout 5 seconds\nshutdown_lifetime 1 second\n";
    }

    /// <summary>HAProxy passes bytes on to a proxy behind it; the time-outs are longer than any that the suite waits for.</summary>
    public static string Haproxy(int port, HostPort behind) => string.Create(
        CultureInfo.InvariantCulture,
        $"global\n  maxconn 2000\ndefaults\n  mode tcp\n  timeout connect 3s\n  timeout client 60s\n  timeout server 60s\nfrontend front\n  bind 127.0.0.1:{port}\n  default_backend proxies\nbackend proxies\n  server one {behind}\n");

    public static string Tinyproxy(int port, string folder, IReadOnlyList<HostPort> allowed, IReadOnlyList<HostPort> parents)
    {
        var ports = string.Concat(allowed.Select(a => a.Port).Distinct().Select(p => string.Create(CultureInfo.InvariantCulture, $"ConnectPort {p}\n")));
        return string.Create(CultureInfo.InvariantCulture, $"Port {port}\nListen 127.0.0.1\nTimeout 10\nMaxClients 400\nAllow 127.0.0.0/8\n{ports}") +
            $"Filter \"{folder}/filter\"\nFilterDefaultDeny Yes\nLogFile \"{folder}/tinyproxy.log\"\nDisableViaHeader No\n" +
            (parents.Count > 0 ? $"Upstream http {parents[0]}\n" : "");
    }

    /// <summary>tinyproxy's list of names, as regular expressions.</summary>
    public static string TinyproxyFilter(IReadOnlyList<HostPort> allowed) =>
        string.Concat(allowed.Select(a => a.Host).Distinct().Select(h => $"^{h.Replace(".", "\\.", StringComparison.Ordinal)}$\n"));
}
