using System.Net.Security;

namespace Culvert.Checking.Tests.Faults;

/// <summary>The faults that the check is shown, and what it must say: the table of docs/operations/check.md.</summary>
internal static class FaultTable
{
    private static readonly PurdueLevel Plant = PurdueLevel.Parse("3");
    private static readonly PurdueLevel Dmz = PurdueLevel.IndustrialDmz;

    public static IReadOnlyList<FaultCase> All { get; } = [.. FirstHop(), .. SecondHop(), .. TlsHop(), .. Forwarded(), .. Silent(), .. End(), .. Identity()];

    private static Hop AtPlant(Hop hop) => hop with { Level = Plant };

    private static Hop AtDmz(Hop hop) => hop with { Level = Dmz };

    private static FaultSite Chain(FaultSite site, FaultProxy.Treat first, FaultProxy.Treat second) => site.WithHop("plant", first, AtPlant).WithHop("dmz", second, AtDmz);

    private static IEnumerable<FaultCase> FirstHop()
    {
        FaultCase One(string name, FaultProxy.Treat treat, Cause cause, ActingTeam actor = ActingTeam.PlantNetwork, string? towards = null, Func<Hop, Hop>? change = null) =>
            FaultCase.Of(name, s => s.WithCloud().WithHop("plant", treat, h => AtPlant(change?.Invoke(h) ?? h)), "plant", cause, actor, towards);

        yield return FaultCase.Of("hop's name unknown", s => s.WithCloud().WithHopAt("plant", new HostPort("no-such-proxy.invalid", 3128), AtPlant), "plant", Cause.NameNotFound, ActingTeam.PlantNetwork);
        yield return FaultCase.Of("hop refuses the connection", s => s.WithCloud().WithHopAt("plant", new HostPort("127.0.0.1", s.Closed()), AtPlant), "plant", Cause.ConnectionRefused, ActingTeam.PlantNetwork);
        yield return new FaultCase("hop is not answered (dropped)", async s => s.WithCloud().WithHopAt("plant", new HostPort("127.0.0.1", await s.UnansweredAsync()), AtPlant), "plant", Cause.ConnectionTimedOut, ActingTeam.PlantNetwork);
        yield return One("hop accepts and is silent", FaultProxy.Silent, Cause.NoAnswer);
        yield return One("hop resets", FaultProxy.Resets, Cause.ConnectionReset);
        yield return One("hop closes without an answer", FaultProxy.Closes, Cause.ConnectionClosed);
        yield return One("hop answers one byte a second", FaultProxy.Slow("HTTP/1.1 200 Connection established\r\n\r\n", TimeSpan.FromSeconds(1)), Cause.TooSlow);
        yield return One("hop lives and hangs on CONNECT", FaultProxy.HangsOnConnect, Cause.UpstreamTimedOut, towards: "cloud");
        yield return One("407 and no credentials set", FaultProxy.Good(credentials: "u:secret-word"), Cause.CredentialsMissing, ActingTeam.SensorOwner);
        yield return One("407 for ever", FaultProxy.Good(credentials: "u:other-word"), Cause.CredentialsWrong, ActingTeam.SensorOwner, change: h => h with { Credentials = new HopCredentials("u", "secret-word") });
        yield return One("407, only an unknown scheme offered", FaultProxy.Answers("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n"), Cause.AuthenticationSchemeUnsupported, change: h => h with { Credentials = new HopCredentials("u", "secret-word") });
        yield return One("403", FaultProxy.Good(allowed: _ => false), Cause.DestinationRefused);
        yield return One("404 of something else", FaultProxy.Answers("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), Cause.NotAProxy, ActingTeam.SensorOwner);
        yield return One("SSH answers", FaultProxy.Answers("SSH-2.0-OpenSSH_9.2\r\n"), Cause.NotAProxy, ActingTeam.SensorOwner);
        yield return One("429", FaultProxy.Answers("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"), Cause.HopOverloaded);
        yield return One("502", FaultProxy.Answers("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), Cause.UpstreamUnreachable, towards: "cloud");
        yield return One("503", FaultProxy.Answers("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"), Cause.NoParent, towards: "cloud");
        yield return One("504", FaultProxy.Answers("HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n"), Cause.UpstreamTimedOut, towards: "cloud");
        yield return One("508", FaultProxy.Answers("HTTP/1.1 508 Loop Detected\r\nContent-Length: 0\r\n\r\n"), Cause.LoopDetected);
        yield return One("header bomb", FaultProxy.Answers("HTTP/1.1 200 OK\r\nX: " + new string('x', 70_000) + "\r\n\r\n"), Cause.MalformedAnswer);
        yield return One("broken field line", FaultProxy.Answers("HTTP/1.1 200 OK\r\nthis is no field\r\n\r\n"), Cause.MalformedAnswer);
        yield return One("closes in the middle of its answer", FaultProxy.Answers("HTTP/1.1 200 O"), Cause.MalformedAnswer);
        yield return One("200 with a chunked body", FaultProxy.Good(okText: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), Cause.MalformedAnswer);
        yield return One("200 with a body of 7 bytes", FaultProxy.Good(okText: "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nwelcome"), Cause.MalformedAnswer);
        yield return One("Squid: not allowed", Pages.SquidDenied, Cause.DestinationRefused);
        yield return One("Squid: cannot resolve", Pages.SquidNoName, Cause.NameNotFound, towards: "cloud");
        yield return One("Squid: was refused", Pages.SquidRefused, Cause.ConnectionRefused, ActingTeam.CloudTeam, towards: "cloud");
        yield return One("Squid: was not answered", Pages.SquidUnanswered, Cause.ConnectionTimedOut, towards: "cloud");
        yield return One("Squid: cannot forward, no parent known", Pages.SquidNoParent, Cause.NameNotFound, towards: "cloud");
        yield return FaultCase.Of(
            "Squid: all parents dead", s => s.WithCloud().WithHop("plant", Pages.SquidNoParent, AtPlant).WithHop("dmz", FaultProxy.Good(), h => AtDmz(h) with { Reach = HopReach.Forwarded }),
            "plant", Cause.NoParent, ActingTeam.PlantNetwork, "dmz");
        yield return One("tinyproxy: not allowed", Pages.TinyproxyDenied, Cause.DestinationRefused);
        yield return One("tinyproxy: cannot connect", Pages.TinyproxyUnreachable, Cause.UpstreamUnreachable, towards: "cloud");
        yield return One("tinyproxy: upstream dead", Pages.TinyproxyNoParent, Cause.NoParent, towards: "cloud");
        yield return One("HAProxy: no server", Pages.HaproxyDown, Cause.NoParent, towards: "cloud");
        yield return One("nginx: no proxy at all", Pages.Nginx, Cause.NotAProxy, ActingTeam.SensorOwner);
        yield return One("Zscaler blocks", Pages.Zscaler, Cause.BlockPage, ActingTeam.ItProxyTeam);
        yield return One("Zscaler wants a sign-in", Pages.ZscalerSignIn, Cause.BlockPage, ActingTeam.ItProxyTeam);
        yield return One("Palo Alto blocks", Pages.PaloAlto, Cause.BlockPage, ActingTeam.ItProxyTeam);
        yield return One("Blue Coat blocks", Pages.BlueCoat, Cause.BlockPage, ActingTeam.ItProxyTeam);
        yield return One("captive portal", Pages.CaptivePortal, Cause.BlockPage, ActingTeam.ItProxyTeam);
    }

    private static IEnumerable<FaultCase> SecondHop()
    {
        FaultCase Two(string name, FaultProxy.Treat treat, Cause cause, ActingTeam actor = ActingTeam.DmzOwner, string? towards = null) =>
            FaultCase.Of($"second hop: {name}", s => Chain(s.WithCloud(), FaultProxy.Good(), treat), "dmz", cause, actor, towards);

        yield return FaultCase.Of(
            "second hop: refuses the connection", s => s.WithCloud().WithHop("plant", FaultProxy.Good(), AtPlant).WithHopAt("dmz", new HostPort("127.0.0.1", s.Closed()), AtDmz),
            "plant", Cause.UpstreamUnreachable, ActingTeam.PlantNetwork, "dmz");
        yield return FaultCase.Of("second hop: not allowed at the first", s => Chain(s.WithCloud(), FaultProxy.Good(allowed: _ => false), FaultProxy.Good()), "plant", Cause.DestinationRefused, ActingTeam.PlantNetwork);
        yield return Two("silent", FaultProxy.Silent, Cause.NoAnswer);
        // What comes through the first hop of a reset at the second is a close.
        yield return Two("resets", FaultProxy.Resets, Cause.ConnectionClosed);
        yield return Two("407", FaultProxy.Good(credentials: "a:bbbb"), Cause.CredentialsMissing, ActingTeam.SensorOwner);
        yield return Two("403", FaultProxy.Good(allowed: _ => false), Cause.DestinationRefused);
        yield return FaultCase.Of("cloud refuses the second hop", s => Chain(s.WithClosedCloud(), FaultProxy.Good(), FaultProxy.Good()), "dmz", Cause.UpstreamUnreachable, ActingTeam.DmzOwner, "cloud");
        yield return FaultCase.Of("SOCKS hop refuses", s => s.WithCloud().WithHop("plant", FaultSocks.Replies(2), h => AtPlant(h) with { Scheme = HopScheme.Socks5 }), "plant", Cause.DestinationRefused, ActingTeam.PlantNetwork);
        yield return FaultCase.Of(
            "Proxy-Status: connection refused", s => Chain(s.WithCloud(), FaultProxy.Answers(Pages.ProxyStatus("502 Bad Gateway", "plant; error=connection_refused; next-hop=\"dmz\"")), FaultProxy.Good()),
            "plant", Cause.ConnectionRefused, ActingTeam.DmzOwner, "dmz");
    }

    private static IEnumerable<FaultCase> TlsHop()
    {
        FaultCase Https(string name, Func<TestAuthority, SslStreamCertificateContext> certificate, Cause cause, ActingTeam actor, Func<HopTrust, HopTrust>? change = null, Func<CloudFake, CloudFake>? server = null) =>
            FaultCase.Of(
                $"https hop: {name}",
                s =>
                {
                    s.Authority.WriteTrust(s.PathOf("ca.pem"));
                    var fake = new CloudFake(certificate(s.Authority));
                    fake = server?.Invoke(fake) ?? fake;
                    s.WithCloud().WithHop("plant", FaultTls.Wrap(fake, FaultProxy.Good()), h =>
                    {
                        var trust = new HopTrust { CaFile = s.PathOf("ca.pem") };
                        return AtPlant(h) with { Scheme = HopScheme.Https, Trust = change?.Invoke(trust) ?? trust };
                    });
                },
                "plant", cause, actor);

        static SslStreamCertificateContext Fine(TestAuthority a) => a.Issue("127.0.0.1");
        yield return Https("untrusted certificate", _ => new TestAuthority("Somebody else").Issue("127.0.0.1"), Cause.ProxyCertificateUntrusted, ActingTeam.SensorOwner);
        yield return Https("expired certificate", a => a.Issue("127.0.0.1", TimeSpan.FromDays(-30), TimeSpan.FromDays(-1)), Cause.ProxyCertificateExpired, ActingTeam.PlantNetwork);
        yield return Https("certificate of tomorrow", a => a.Issue("127.0.0.1", TimeSpan.FromDays(1), TimeSpan.FromDays(9)), Cause.ProxyCertificateNotYetValid, ActingTeam.SensorOwner);
        yield return Https("certificate for another name", a => a.Issue("other.example.com"), Cause.ProxyCertificateWrongName, ActingTeam.PlantNetwork);
        yield return Https("pin does not match", Fine, Cause.ProxyPinMismatch, ActingTeam.SensorOwner, t => t with { SpkiPins = [Convert.ToBase64String(new byte[32])] });
        yield return Https("AES-128 only", Fine, Cause.ProxyTlsTooWeak, ActingTeam.PlantNetwork, server: f => f with { Suites = [TlsCipherSuite.TLS_AES_128_GCM_SHA256] });
        yield return Https("asks for a client certificate", Fine, Cause.ProxyClientCertificateMissing, ActingTeam.SensorOwner, server: f => f with { AsksForIdentity = true });
        yield return FaultCase.Of("https hop: speaks no TLS", s => s.WithCloud().WithHop("plant", FaultProxy.AnswersAnything("HTTP/1.1 400 Bad Request\r\n\r\n"), h => AtPlant(h) with { Scheme = HopScheme.Https }), "plant", Cause.ProxyTlsFailed, ActingTeam.PlantNetwork);
        yield return FaultCase.Of("https hop: CA file missing", s => s.WithCloud().WithHop("plant", FaultProxy.Good(), h => AtPlant(h) with { Scheme = HopScheme.Https, Trust = new HopTrust { CaFile = s.PathOf("missing.pem") } }), "plant", Cause.Misconfigured, ActingTeam.SensorOwner);
        yield return FaultCase.Of("http hop: speaks TLS and closes", s => s.WithCloud().WithHop("plant", FaultTls.Wrap(new CloudFake(s.Authority.Issue("127.0.0.1")), FaultProxy.Good()), AtPlant), "plant", Cause.NotAProxy, ActingTeam.SensorOwner);
        yield return FaultCase.Of("http hop: answers with a TLS alert", s => s.WithCloud().WithHop("plant", FaultProxy.Answers("\u0015\u0003\u0001\u0000\u0002\u0002\u0016aaaaaa"), AtPlant), "plant", Cause.NotAProxy, ActingTeam.SensorOwner);
    }

    private static IEnumerable<FaultCase> Forwarded()
    {
        static Hop Behind(Hop hop) => AtDmz(hop) with { Reach = HopReach.Forwarded };
        yield return FaultCase.Of(
            "forwarded: the parent's Proxy-Status tells", s => s.WithCloud().WithHop("plant", FaultProxy.Answers(Pages.ProxyStatus("502 Bad Gateway", "dmz; error=dns_error; rcode=NXDOMAIN, plant; received-status=502"))).WithHop("dmz", FaultProxy.Good(), Behind),
            "dmz", Cause.NameNotFound, ActingTeam.DmzOwner, "cloud");
        yield return FaultCase.Of(
            "forwarded: the parent signs its refusal", s => s.WithCloud().WithHop("plant", FaultProxy.Page("403 Forbidden\r\nVia: 1.1 dmz (squid/5.7), 1.1 plant (squid/5.7)\r\nX-Squid-Error: ERR_ACCESS_DENIED 0", "<html>no</html>")).WithHop("dmz", FaultProxy.Good(), Behind),
            "dmz", Cause.DestinationRefused, ActingTeam.DmzOwner);
    }

    private static IEnumerable<FaultCase> Silent()
    {
        // Proxies that say 200 at once and nothing else ever: only walking the way piece by piece finds the one that is broken.
        var mute = FaultProxy.Good(eager: true, quiet: true);
        yield return FaultCase.Of("mute chain: second hop gone", s => Three(s.WithCloud(), mute, null, mute), "dmz", Cause.NoAnswer, ActingTeam.DmzOwner);
        yield return FaultCase.Of("mute chain: third hop gone", s => Three(s.WithCloud(), mute, mute, null), "it", Cause.NoAnswer, ActingTeam.ItProxyTeam);
        yield return FaultCase.Of("mute chain: third hop hangs", s => Three(s.WithCloud(), mute, mute, FaultProxy.HangsOnConnect), "it", Cause.UpstreamTimedOut, ActingTeam.ItProxyTeam, "cloud");
        yield return FaultCase.Of("mute chain: cloud gone", s => Three(s.WithClosedCloud(), mute, mute, mute), "cloud", Cause.NoAnswer, ActingTeam.ItProxyTeam);
        yield return FaultCase.Of("hop opens and is silent", s => s.WithCloud().WithHop("plant", FaultProxy.OpensAndIsSilent, AtPlant), "cloud", Cause.NoAnswer, ActingTeam.PlantNetwork);
        // Proxies that close where they fail, and on anything but CONNECT: what they open shows that they live.
        var closing = FaultProxy.Good(quiet: true);
        yield return FaultCase.Of("closing chain: second hop gone", s => Three(s.WithCloud(), closing, null, closing), "plant", Cause.UpstreamUnreachable, ActingTeam.PlantNetwork, "dmz");
        yield return FaultCase.Of("closing chain: third hop gone", s => Three(s.WithCloud(), closing, closing, null), "dmz", Cause.UpstreamUnreachable, ActingTeam.DmzOwner, "it");
        yield return FaultCase.Of("closing chain: second hop lets nobody in", s => Three(s.WithCloud(), closing, FaultProxy.Good(quiet: true, allowed: _ => false), closing), "dmz", Cause.ConnectionClosed, ActingTeam.DmzOwner);
        yield return FaultCase.Of(
            "mute forwarded chain: the parent is gone",
            s => s.WithCloud().WithHop("plant", mute, AtPlant).WithHopAt("dmz", new HostPort("127.0.0.1", s.Closed()), h => AtDmz(h) with { Reach = HopReach.Forwarded }).BreakCloud(),
            "plant", Cause.NoAnswer, ActingTeam.PlantNetwork, "dmz");
    }

    private static FaultSite Three(FaultSite site, FaultProxy.Treat first, FaultProxy.Treat? second, FaultProxy.Treat? third)
    {
        static Hop AtIt(Hop hop) => hop with { Level = PurdueLevel.Parse("4") };
        site.WithHop("plant", first, AtPlant);
        _ = second is null ? site.WithHopAt("dmz", new HostPort("127.0.0.1", site.Closed()), AtDmz) : site.WithHop("dmz", second, AtDmz);
        return third is null ? site.WithHopAt("it", new HostPort("127.0.0.1", site.Closed()), AtIt) : site.WithHop("it", third, AtIt);
    }

    private static IEnumerable<FaultCase> End()
    {
        FaultCase Cloud(string name, Func<TestAuthority, CloudFake> cloud, Cause cause, ActingTeam actor, bool direct = false) =>
            FaultCase.Of($"cloud: {name}", s => _ = direct ? s.WithCloud(cloud) : s.WithCloud(cloud).WithHop("plant", FaultProxy.Good(), AtPlant), "cloud", cause, actor);

        yield return FaultCase.Of("direct: cloud refuses", s => s.WithClosedCloud(), "cloud", Cause.ConnectionRefused, ActingTeam.CloudTeam);
        yield return Cloud("inspected on the way", _ => new CloudFake(new TestAuthority("Corp Inspection CA").Issue("localhost")), Cause.Intercepted, ActingTeam.ItProxyTeam);
        yield return Cloud("inspected on the way, direct", _ => new CloudFake(new TestAuthority("Corp Inspection CA").Issue("localhost")), Cause.Intercepted, ActingTeam.ItProxyTeam, direct: true);
        yield return Cloud("expired certificate", a => new CloudFake(a.Issue("localhost", TimeSpan.FromDays(-30), TimeSpan.FromDays(-1))), Cause.CertificateExpired, ActingTeam.CloudTeam);
        yield return FaultCase.Of(
            "cloud: expired certificate, and the proxy's clock shows that the sensor's is ahead",
            s => s.WithCloud(a => new CloudFake(a.Issue("localhost", TimeSpan.FromDays(-30), TimeSpan.FromDays(-1)))).WithHop("plant", FaultProxy.Good(clockOffset: TimeSpan.FromDays(-20)), AtPlant),
            "cloud", Cause.ClockOff, ActingTeam.SensorOwner);
        yield return FaultCase.Of(
            "cloud: expired certificate, and the proxy's clock agrees with the sensor's",
            s => s.WithCloud(a => new CloudFake(a.Issue("localhost", TimeSpan.FromDays(-30), TimeSpan.FromDays(-1)))).WithHop("plant", FaultProxy.Good(clockOffset: TimeSpan.Zero), AtPlant),
            "cloud", Cause.CertificateExpired, ActingTeam.CloudTeam);
        yield return Cloud("certificate of tomorrow", a => new CloudFake(a.Issue("localhost", TimeSpan.FromDays(1), TimeSpan.FromDays(9))), Cause.ClockOff, ActingTeam.SensorOwner);
        yield return Cloud("certificate for another name", a => new CloudFake(a.Issue("portal.example.com")), Cause.CertificateWrongName, ActingTeam.CloudTeam);
        yield return Cloud("AES-128 only", a => new CloudFake(a.Issue("localhost")) { Suites = [TlsCipherSuite.TLS_AES_128_GCM_SHA256] }, Cause.TlsTooWeak, ActingTeam.CloudTeam);
        yield return Cloud("silent inside TLS", a => new CloudFake(a.Issue("localhost")) { SilentAfterTls = true }, Cause.NoAnswer, ActingTeam.CloudTeam);
        yield return Cloud("no WebSocket", a => new CloudFake(a.Issue("localhost")) { Upgrade = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n" }, Cause.WebSocketBlocked, ActingTeam.CloudTeam);
        yield return Cloud("WebSocket answered with 503", a => new CloudFake(a.Issue("localhost")) { Upgrade = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n" }, Cause.ServiceFailed, ActingTeam.CloudTeam);
        yield return Cloud("large packets lost", a => new CloudFake(a.Issue("localhost")) { SwallowsAbove = 8000 }, Cause.LargePacketsLost, ActingTeam.PlantNetwork);
        yield return Cloud("large packets lost, and the server gives up waiting", a => new CloudFake(a.Issue("localhost")) { SwallowsAbove = 2000, GivesUp = true }, Cause.LargePacketsLost, ActingTeam.PlantNetwork);
        yield return FaultCase.Of("cloud: large packets of the TLS handshake lost", s => s.WithCloud().WithHop("plant", FaultLine.LosesAbove(600), AtPlant), "cloud", Cause.LargePacketsLost, ActingTeam.PlantNetwork);
        yield return FaultCase.Of("direct: cut in the TLS handshake", s => s.WithCloud(FaultProxy.ResetsAtOnce), "cloud", Cause.ConnectionReset, ActingTeam.PlantNetwork);
        yield return FaultCase.Of("cloud: cut in the TLS handshake", s => s.WithCloud(FaultProxy.ResetsAtOnce).WithHop("plant", FaultProxy.Good(), AtPlant), "cloud", Cause.ConnectionClosed, ActingTeam.PlantNetwork);
        yield return FaultCase.Of("cloud: block page inside the tunnel", s => s.WithCloud(Pages.PaloAlto).WithHop("plant", FaultProxy.Good(), AtPlant), "cloud", Cause.BlockPage, ActingTeam.ItProxyTeam);
    }

    private static IEnumerable<FaultCase> Identity()
    {
        static FaultCase Session(string name, byte? code, Cause cause) => FaultCase.Of(
            $"cloud: {name}",
            s =>
            {
                s.WithCloud(a => new CloudFake(a.Issue("localhost")) { SessionCode = code }).WithIdentity();
                s.OpensSession = true;
            },
            "cloud", cause, ActingTeam.CloudTeam);
        yield return Session("session refused, the identity does not fit", 4, Cause.IdentityRefused);
        yield return Session("session refused, the sensor was revoked", 5, Cause.IdentityRevoked);
        yield return Session("session refused, the hub is overloaded", 3, Cause.ServiceFailed);
        yield return Session("WebSocket passes, the hub says nothing", null, Cause.NoAnswer);
        yield return FaultCase.Of("cloud: WebSocket answered with 429", s => s.WithCloud(a => new CloudFake(a.Issue("localhost")) { Upgrade = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n" }).WithIdentity(), "cloud", Cause.Throttled, ActingTeam.CloudTeam);
        yield return FaultCase.Of("cloud: WebSocket 401 with an identity", s => s.WithCloud(a => new CloudFake(a.Issue("localhost")) { Upgrade = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n" }).WithIdentity(), "cloud", Cause.IdentityRefused, ActingTeam.CloudTeam);
    }
}
