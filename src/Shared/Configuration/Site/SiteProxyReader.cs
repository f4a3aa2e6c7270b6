namespace Culvert.Configuration;

/// <summary>Reads a proxy or a pool of them.</summary>
internal static class SiteProxyReader
{
    public static SiteProxy Read(SettingsMapping m)
    {
        var proxy = new SiteProxy
        {
            Name = m.Required("name", Setting.Name),
            Kind = m.Optional("kind", Setting.Word<ProxyKind>(), ProxyKind.Culvert),
            Zone = m.Required("zone", Setting.Name),
            Address = m.Required("address", Setting.Address),
            Host = m.Optional("host", Setting.Host),
            Port = m.Optional("port", Setting.Port, 3128),
            Scheme = m.Optional("scheme", Setting.Word<HopScheme>(), HopScheme.Http),
            Parents = m.List("parents", Setting.Name),
            Credentials = ReadCredentials(m.Mapping("credentials")),
            AllowedSources = m.List("allowedSources", Setting.Network),
            IdleTimeout = m.Optional("idleTimeout", Setting.Duration(TimeSpan.FromSeconds(30), TimeSpan.FromDays(1)), TimeSpan.FromMinutes(15)),
            Pool = ReadPool(m.Mapping("pool")),
        };

        if (proxy is { Kind: ProxyKind.Tinyproxy, Parents.Count: > 1 })
        {
            m.Mistake("parents", 1, "a second parent", "expected one: tinyproxy cannot fail over to another; use culvert or squid for that");
        }

        if (proxy is { Kind: ProxyKind.Haproxy, Parents.Count: 0 })
        {
            m.Mistake("parents", "no parent", "expected at least one: HAProxy in TCP mode is a front of proxies and cannot dial destinations itself");
        }

        if (proxy is { Kind: ProxyKind.Squid or ProxyKind.Tinyproxy or ProxyKind.Culvert, Scheme: HopScheme.Socks5 } or { Kind: ProxyKind.Tinyproxy, Scheme: HopScheme.Https })
        {
            m.Mistake("scheme", $"'{proxy.Scheme.ToString().ToLowerInvariant()}', which {proxy.Kind.ToString().ToLowerInvariant()} does not speak", "expected http");
        }

        return proxy;
    }

    private static SiteCredentials? ReadCredentials(SettingsMapping? m)
    {
        if (m is null)
        {
            return null;
        }

        var userName = m.Required("userName", Setting.TextUpTo(255));
        var password = m.Secret("password");
        if (password is null && !m.Has("password"))
        {
            m.Mistake("password", "this field is missing", "expected a reference, { file: PATH } or { environment: NAME }");
        }

        return password is null ? null : new SiteCredentials(userName, password);
    }

    private static SiteProxyPool? ReadPool(SettingsMapping? m)
    {
        if (m is null)
        {
            return null;
        }

        var pool = new SiteProxyPool(
            m.List("members", Setting.Address, minItems: 1),
            m.Optional("minMembers", Setting.Number(1, 1000), 2),
            m.Optional("maxMembers", Setting.Number(1, 1000), 10));
        if (pool.MinMembers > pool.MaxMembers)
        {
            m.Mistake("maxMembers", $"'{pool.MaxMembers}'", $"expected at least minMembers, {pool.MinMembers}");
        }

        return pool;
    }
}
