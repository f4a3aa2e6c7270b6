namespace Culvert.Cli;

/// <summary>Proxies that the suite can start by itself.</summary>
internal enum SuiteProxyKind
{
    /// <summary>culvert-proxy.</summary>
    Culvert,

    /// <summary>Squid.</summary>
    Squid,

    /// <summary>tinyproxy.</summary>
    Tinyproxy,

    /// <summary>HAProxy, which knows no CONNECT to other hosts, as a TCP front before culvert-proxy.</summary>
    Haproxy,
}
