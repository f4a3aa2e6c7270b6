namespace Culvert.Configuration;

/// <summary>Reads the hops of a route.</summary>
internal static class RouteHopReader
{
    private const int MaxHops = 16;

    public static IReadOnlyList<Hop> Read(SettingsMapping route)
    {
        var hops = new List<Hop>();
        foreach (var h in route.Mappings("hops"))
        {
            var hop = ReadHop(h);
            if (hops.Count == 0 && hop.Reach == HopReach.Forwarded)
            {
                h.Mistake("reach", "'forwarded' at the first hop", "expected nested: nobody stands before it that could pass the request on");
            }

            if (hops.Any(o => o.Name == hop.Name))
            {
                h.Mistake("name", $"'{hop.Name}', which another hop of this route has", "expected a name of its own");
            }

            hops.Add(hop);
        }

        if (hops.Count > MaxHops)
        {
            route.Mistake("hops", $"{hops.Count} hops", $"expected at most {MaxHops}");
        }

        return hops;
    }

    private static Hop ReadHop(SettingsMapping h)
    {
        var host = h.Required("host", Setting.Host);
        var port = h.Required("port", Setting.Port);
        var hop = new Hop
        {
            Name = h.Required("name", Setting.Name),
            Address = host.Length > 0 && port > 0 ? new HostPort(host, port) : default,
            Scheme = h.Optional("scheme", Setting.Word<HopScheme>(), HopScheme.Http),
            Reach = h.Optional("reach", Setting.Word<HopReach>(), HopReach.Nested),
            Level = h.OptionalValue("level", Setting.Level),
            Credentials = ReadCredentials(h.Mapping("credentials")),
            Authentication = h.Optional("authentication", Setting.Word<HopAuthentication>(), HopAuthentication.Auto),
            Names = h.Optional("names", Setting.Word<NameResolution>(), NameResolution.ByHop),
            Trust = ReadTrust(h.Mapping("trust")),
            ClientCertificate = ReadCertificate(h.Mapping("clientCertificate")),
        };
        // Negotiate needs none: the process's own Kerberos ticket is shown then.
        if (h.Has("authentication") && ((!h.Has("credentials") && hop.Authentication != HopAuthentication.Negotiate) || hop.Scheme == HopScheme.Socks5))
        {
            h.Mistake(
                "authentication", hop.Scheme == HopScheme.Socks5 ? "a field of http and https hops at a socks5 hop" : "a way to show credentials, and none are set",
                "expected credentials beside it, or no such field");
        }

        if (hop.Authentication == HopAuthentication.Basic && hop.Credentials?.UserName.Contains(':', StringComparison.Ordinal) == true)
        {
            h.Mistake("authentication", "basic with a user name that has a colon", "expected another scheme, or a name without one: Basic cannot carry it (RFC 7617, section 2)");
        }

        if (hop.Scheme != HopScheme.Https)
        {
            foreach (var key in (string[])["trust", "clientCertificate"])
            {
                if (h.Has(key))
                {
                    h.Mistake(key, $"a field of https hops at an {hop.Scheme.ToString().ToLowerInvariant()} hop", "expected scheme: https, or no such field");
                }
            }
        }

        return hop;
    }

    private static HopCredentials? ReadCredentials(SettingsMapping? m)
    {
        if (m is null)
        {
            return null;
        }

        var userName = m.Required("userName", Setting.TextUpTo(255));
        return m.RequiredSecret("password") is { } password ? new HopCredentials(userName, password) : null;
    }

    private static HopTrust ReadTrust(SettingsMapping? m) => m is null ? new HopTrust() : new HopTrust
    {
        CaFile = m.Optional("caFile", Setting.FilePath),
        SpkiPins = m.List("spkiPins", Setting.Pin),
        ServerName = m.Optional("serverName", Setting.Host),
    };

    private static ClientCertificateFiles? ReadCertificate(SettingsMapping? m) =>
        m is null ? null : new ClientCertificateFiles(m.Required("certificateFile", Setting.FilePath), m.Required("keyFile", Setting.FilePath));
}
