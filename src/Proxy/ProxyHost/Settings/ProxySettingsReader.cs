using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using Culvert.Configuration;
using Culvert.Relaying;
using Culvert.Tunnels;

namespace Culvert.ProxyHost;

/// <summary>Reads the settings file, with the files and secrets that it refers to: what would fail later is told now, with its line.</summary>
internal static class ProxySettingsReader
{
    private static readonly SettingKind<PasswordHash> Hash = new(
        "a hash made by 'culvert-proxy hash-password'",
        (string text, string _, [MaybeNullWhen(false)] out PasswordHash value, out string? found) =>
        {
            found = "a text that is no such hash";
            return PasswordHash.TryParse(text, out value);
        });

    private static readonly SettingKind<string> Fingerprint = new(
        "the SHA-256 of a certificate, 64 hexadecimal digits, colons allowed",
        (string text, string _, [MaybeNullWhen(false)] out string value, out string? found) =>
        {
            (value, found) = (text.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant(), null);
            return value.Length == 64 && value.All(char.IsAsciiHexDigit);
        });

    public static SettingsResult<ProxySettings> Load(string path) => SettingsFile.Load(path, Read);

    public static SettingsResult<ProxySettings> Parse(string text, string path) => SettingsFile.Parse(text, path, Read);

    private static ProxySettings Read(SettingsMapping root)
    {
        var proxy = root.RequiredMapping("proxy");
        var passesTo = proxy?.List("passesTo", Setting.Level) ?? [];
        var listen = root.Mappings("listen", minItems: 1).Select(ReadListener).ToList();
        var allow = root.List("allow", Setting.HostPort, minItems: 1);
        return new ProxySettings
        {
            Listen = listen,
            Health = ReadHealth(root.Mapping("health")),
            Relay = new RelaySettings
            {
                Name = proxy?.Required("name", Setting.Name) ?? "",
                Levels = new LevelPolicy
                {
                    Level = proxy?.OptionalValue("level", Setting.Level),
                    TakesFrom = proxy?.List("takesFrom", Setting.Level) ?? [],
                    PassesTo = passesTo,
                    MaxHops = proxy?.Optional("maxHops", Setting.Number(1, 32), 8) ?? 8,
                },
                Allow = allow,
                Sources = root.List("sources", Setting.Network),
                SourceLevels = ReadSourceLevels(root),
                Identities = ReadIdentities(root, allow, listen.Any(l => l.ClientCaFile is not null)),
                Parents = ReadParents(root, passesTo),
                Hosts = ReadHosts(root.Mapping("hosts")),
                PrivateDestinations = root.List("privateDestinations", Setting.Network),
                Limits = ReadLimits(root.Mapping("limits")),
            },
        };
    }

    private static ListenSettings ReadListener(SettingsMapping m)
    {
        var scheme = m.Optional("scheme", Setting.Word<HopScheme>(), HopScheme.Http);
        if (scheme == HopScheme.Socks5)
        {
            m.Mistake("scheme", "'socks5'", "expected http or https: culvert-proxy serves CONNECT only");
        }

        var certificate = ReadCertificate(m, "certificate");
        var clientCa = m.Optional("clientCaFile", Setting.FilePath);
        if (scheme == HopScheme.Https && certificate is null && !m.Has("certificate"))
        {
            m.Mistake("certificate", "this field is missing", "expected { certificateFile: FILE, keyFile: FILE } for an https listener");
        }

        if (scheme == HopScheme.Http && (certificate is not null || clientCa is not null))
        {
            m.Mistake(certificate is not null ? "certificate" : "clientCaFile", "a setting of https listeners", "expected 'scheme: https' beside it, or to be left out");
        }

        CheckTrust(m, "clientCaFile", clientCa);
        var address = m.Optional("address", Setting.Address, IPAddress.Any);
        var port = m.Required("port", Setting.Number(0, 65535));
        return new ListenSettings
        {
            EndPoint = new IPEndPoint(address, port),
            Certificate = certificate,
            ClientCaFile = clientCa,
            ProxyProtocolFrom = m.List("proxyProtocolFrom", Setting.Network),
        };
    }

    private static IPEndPoint? ReadHealth(SettingsMapping? m) => m is null
        ? null
        : new IPEndPoint(m.Optional("address", Setting.Address, IPAddress.Loopback), m.Required("port", Setting.Number(0, 65535)));

    private static List<SourceLevel> ReadSourceLevels(SettingsMapping root)
    {
        var levels = new List<SourceLevel>();
        foreach (var m in root.Mappings("sourceLevels"))
        {
            levels.Add(new SourceLevel(m.Required("source", Setting.Network), m.Required("level", Setting.Level)));
        }

        return levels;
    }

    private static List<ClientIdentity> ReadIdentities(SettingsMapping root, IReadOnlyList<HostPort> allow, bool asksForCertificates)
    {
        var identities = new List<ClientIdentity>();
        foreach (var m in root.Mappings("identities"))
        {
            var identity = new ClientIdentity
            {
                Name = m.Required("name", Setting.TextUpTo(255)),
                PasswordHash = m.Optional("passwordHash", Hash),
                CertificateSha256 = m.Optional("certificateSha256", Fingerprint),
                Destinations = m.List("destinations", Setting.HostPort),
                Level = m.OptionalValue("level", Setting.Level),
            };
            if (identity.Name.Contains(':', StringComparison.Ordinal))
            {
                m.Mistake("name", "a name with a colon", "expected none, or another authentication beside the credentials: Basic cannot carry it (RFC 7617, section 2)");
            }

            if (identities.Any(i => i.Name == identity.Name))
            {
                m.Mistake("name", $"a second identity '{identity.Name}'", "expected each name once");
            }

            if (!m.Has("passwordHash") && !m.Has("certificateSha256"))
            {
                m.Mistake("passwordHash", "neither passwordHash nor certificateSha256", "expected at least one of them");
            }

            if (identity.CertificateSha256 is not null && !asksForCertificates)
            {
                m.Mistake("certificateSha256", "no listener asks for client certificates", "expected an https listener with clientCaFile");
            }

            for (var i = 0; i < identity.Destinations.Count; i++)
            {
                if (!allow.Contains(identity.Destinations[i]))
                {
                    m.Mistake("destinations", i, $"'{identity.Destinations[i]}', which is not on the allow list", "expected a subset of it");
                }
            }

            identities.Add(identity);
        }

        return identities;
    }

    private static List<ParentSettings> ReadParents(SettingsMapping root, IReadOnlyList<PurdueLevel> passesTo)
    {
        var parents = new List<ParentSettings>();
        foreach (var m in root.Mappings("parents"))
        {
            var scheme = m.Optional("scheme", Setting.Word<HopScheme>(), HopScheme.Http);
            var host = m.Required("host", Setting.Host);
            var port = m.Optional("port", Setting.Port, 3128);
            var level = m.OptionalValue("level", Setting.Level);
            var name = m.Required("name", Setting.Name);
            if (parents.Any(p => p.Hop.Name == name))
            {
                m.Mistake("name", $"a second parent '{name}'", "expected each name once");
            }

            if (passesTo.Count > 0 && (level is null || !passesTo.Contains(level.Value)))
            {
                m.Mistake("level", level is null ? "no level" : $"level {level}", $"expected one of {string.Join(", ", passesTo)}, which rule proxy.passesTo allows");
            }

            var authentication = m.Optional("authentication", Setting.Word<HopAuthentication>(), HopAuthentication.Auto);
            // Negotiate needs none: the process's own Kerberos ticket is shown then.
            if (m.Has("authentication") && ((!m.Has("credentials") && authentication != HopAuthentication.Negotiate) || scheme == HopScheme.Socks5))
            {
                m.Mistake(
                    "authentication", scheme == HopScheme.Socks5 ? "a setting of http and https parents at a socks5 parent" : "a way to show credentials, and none are set",
                    "expected credentials beside it, or no such field");
            }

            var trust = m.Mapping("trust");
            var clientCertificate = ReadCertificate(m, "clientCertificate");
            if (scheme != HopScheme.Https && (trust is not null || clientCertificate is not null))
            {
                m.Mistake(trust is not null ? "trust" : "clientCertificate", "a setting of https parents", "expected 'scheme: https' beside it, or to be left out");
            }

            var hop = new Hop
            {
                Name = name,
                Scheme = scheme,
                Address = HostPort.IsExactHost(host) ? new HostPort(host, port is 0 ? 1 : port) : default,
                Level = level,
                Credentials = ReadCredentials(m.Mapping("credentials"), scheme, authentication),
                Authentication = authentication,
                Names = m.Optional("names", Setting.Word<ParentNames>(), ParentNames.Proxy) == ParentNames.Self ? NameResolution.BySensor : NameResolution.ByHop,
                ClientCertificate = clientCertificate,
                Trust = new HopTrust
                {
                    CaFile = trust?.Optional("caFile", Setting.FilePath),
                    SpkiPins = trust?.List("spkiPins", Setting.Pin) ?? [],
                    ServerName = trust?.Optional("serverName", Setting.Host),
                },
            };
            if (trust is not null)
            {
                CheckTrust(trust, "caFile", hop.Trust.CaFile);
            }

            parents.Add(new ParentSettings(hop, m.Optional("priority", Setting.Number(0, 1000), 1), m.Optional("weight", Setting.Number(1, 1000), 1)));
        }

        return parents;
    }

    private static HopCredentials? ReadCredentials(SettingsMapping? m, HopScheme scheme, HopAuthentication authentication)
    {
        if (m is null)
        {
            return null;
        }

        var userName = m.Required("userName", Setting.TextUpTo(255));
        if (scheme != HopScheme.Socks5 && (authentication is HopAuthentication.Auto or HopAuthentication.Basic) && userName.Contains(':', StringComparison.Ordinal))
        {
            m.Mistake("userName", "a user name with a colon", "expected none: Basic cannot carry it (RFC 7617, section 2)");
        }

        return m.RequiredSecret("password") is { } password ? new HopCredentials(userName, password) : null;
    }

    private static ClientCertificateFiles? ReadCertificate(SettingsMapping m, string key)
    {
        if (m.Mapping(key) is not { } files)
        {
            return null;
        }

        var certificate = files.Required("certificateFile", Setting.FilePath);
        var keyFile = files.Required("keyFile", Setting.FilePath);
        if (certificate.Length == 0 || keyFile.Length == 0)
        {
            return null;
        }

        var pair = new ClientCertificateFiles(certificate, keyFile);
        try
        {
            PemFiles.ReadIdentity(pair).TargetCertificate.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException)
        {
            m.Mistake(key, e.Message, "expected a certificate and its key, both PEM, the key kept from others");
        }

        return pair;
    }

    private static void CheckTrust(SettingsMapping m, string key, string? file)
    {
        try
        {
            if (file is not null)
            {
                PemFiles.ReadTrust(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException)
        {
            m.Mistake(key, e.Message, "expected a PEM file with at least one CA certificate");
        }
    }

    private static FrozenDictionary<string, IReadOnlyList<IPAddress>> ReadHosts(SettingsMapping? m)
    {
        var hosts = new Dictionary<string, IReadOnlyList<IPAddress>>(StringComparer.Ordinal);
        foreach (var key in m?.Keys.ToList() ?? [])
        {
            var addresses = m!.List(key, Setting.Address, minItems: 1);
            if (!HostPort.IsExactHost(key))
            {
                m.Mistake(key, "a key that is no exact host name", "expected a name such as portal.example.com");
                continue;
            }

            hosts[new HostPort(key, 1).Host] = addresses;
        }

        return hosts.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static RelayLimits ReadLimits(SettingsMapping? m)
    {
        var standard = new RelayLimits();
        return m is null
            ? standard
            : new RelayLimits
            {
                IdleTimeout = m.Optional("idleTimeout", Setting.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)), standard.IdleTimeout),
                RequestTimeout = m.Optional("requestTimeout", Setting.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)), standard.RequestTimeout),
                MaxHeaderBytes = (int)m.Optional("maxHeaderBytes", Setting.Size(512, 1024 * 1024), standard.MaxHeaderBytes),
                Tunnels = m.Optional("tunnels", Setting.Number(1, 1_000_000), standard.Tunnels),
                TunnelsPerSource = m.Optional("tunnelsPerSource", Setting.Number(1, 1_000_000), standard.TunnelsPerSource),
                DrainTimeout = m.Optional("drainTimeout", Setting.Duration(TimeSpan.Zero, TimeSpan.FromHours(1)), standard.DrainTimeout),
            };
    }
}
