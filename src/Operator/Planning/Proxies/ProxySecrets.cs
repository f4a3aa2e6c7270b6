namespace Culvert.Planning;

/// <summary>What a proxy asks of its clients, and what stands for it in a file.</summary>
internal static class ProxySecrets
{
    /// <summary>The token for a password.</summary>
    public static string Token(SiteProxy proxy) => $"@PASSWORD-OF-{proxy.Name}@";

    /// <summary>The token for a password's hash.</summary>
    public static string HashToken(SiteProxy proxy) => $"@PASSWORD-HASH-OF-{proxy.Name}@";

    /// <summary>What a client must show at this address: a front asks nothing itself, the proxies behind it do.</summary>
    public static SiteCredentials? AskedBy(SiteFile site, SiteProxy proxy) =>
        proxy.Kind == ProxyKind.Haproxy ? proxy.Parents.Select(site.Proxy).Select(p => AskedBy(site, p)).FirstOrDefault(c => c is not null) : proxy.Credentials;

    /// <summary>The secrets that a proxy's configuration needs.</summary>
    public static IReadOnlyList<PlanSecret> Of(SiteFile site, SiteProxy proxy)
    {
        var secrets = new List<PlanSecret>();
        if (proxy.Credentials is { } own)
        {
            var purpose = $"password that clients of {proxy.Name} show as '{own.UserName}'";
            secrets.Add(proxy.Kind switch
            {
                ProxyKind.Culvert => new PlanSecret(purpose, own.Password, HashToken(proxy), PlanSecretForm.Hash),
                ProxyKind.Tinyproxy => new PlanSecret(purpose, own.Password, Token(proxy)),
                // Squid's lies in a file of its own, made by htpasswd.
                _ => new PlanSecret(purpose, own.Password, null),
            });
        }

        foreach (var parent in proxy.Kind == ProxyKind.Haproxy ? [] : proxy.Parents.Select(site.Proxy))
        {
            if (AskedBy(site, parent) is { } asked)
            {
                var purpose = $"password that {proxy.Name} shows to {parent.Name} as '{asked.UserName}'";
                secrets.Add(proxy.Kind switch
                {
                    ProxyKind.Squid => new PlanSecret(purpose, asked.Password, Token(parent), PlanSecretForm.PercentEncoded),
                    ProxyKind.Tinyproxy => new PlanSecret(purpose, asked.Password, Token(parent)),
                    _ => new PlanSecret(purpose, asked.Password, null),
                });
            }
        }

        return secrets;
    }
}
