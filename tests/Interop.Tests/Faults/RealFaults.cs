namespace Culvert.Interop.Tests;

/// <summary>Faults by real programs: Squid's, tinyproxy's and our own proxy's refusals, OpenSSL's alerts.</summary>
internal static class RealFaults
{
    private static readonly HopCredentials Wrong = new(RealProxies.User, "wrong");

    public static IEnumerable<Fault> All =>
    [
        Squid("Squid denies", Stage.Request, Cause.DestinationRefused, "http_access deny all", "Squid"),
        Squid("Squid finds nobody at the destination", Stage.Request, Cause.UpstreamUnreachable, "http_access allow all", "ERR_CONNECT_FAIL"),
        Squid("Squid cannot resolve and says only that it cannot forward", Stage.Request, Cause.NoParent, "http_access allow all", "ERR_CANNOT_FORWARD", new HostPort("portal.invalid", 443)),
        Squid("Squid's parent is dead", Stage.Request, Cause.NoParent, "cache_peer 127.0.0.9 parent 1 0 no-query no-digest default\nnever_direct allow all\nhttp_access allow all", ""),
        new("Squid asks for credentials and none are set", Stage.Authenticate, 0, Cause.CredentialsMissing, () => AskingAsync("basic", null)),
        new("Squid refuses Basic credentials", Stage.Authenticate, 0, Cause.CredentialsWrong, () => AskingAsync("basic", Wrong)),
        new("Squid refuses Digest credentials", Stage.Authenticate, 0, Cause.CredentialsWrong, () => AskingAsync("digest", Wrong)),
        new("Squid offers Digest and the setting is basic", Stage.Authenticate, 0, Cause.AuthenticationSchemeUnsupported, () => AskingAsync("digest", Wrong, HopAuthentication.Basic)),
        new("tinyproxy finds nobody at the destination", Stage.Request, 0, Cause.UpstreamUnreachable, async () =>
        {
            await using var proxy = await RealProxies.TinyproxyAsync();
            return await Dials.DialAsync(Dials.Via(Dials.Hop(proxy.Address)), Nobody);
        }),
        new("tinyproxy refuses credentials", Stage.Authenticate, 0, Cause.CredentialsWrong, async () =>
        {
            await using var proxy = await RealProxies.TinyproxyAsync(asking: true);
            return await Dials.DialAsync(Dials.Via(Dials.Hop(proxy.Address, credentials: Wrong)), Nobody);
        }),
        new("culvert-proxy does not list the destination", Stage.Request, 0, Cause.DestinationRefused, async () =>
        {
            await using var proxy = await RealProxies.CulvertAsync([new HostPort("127.0.0.1", 1)]);
            return await Dials.DialAsync(Dials.Via(Dials.Hop(proxy.Address)), Nobody);
        }),
        new("the far culvert-proxy of a forwarded chain finds nobody at the destination", Stage.Request, 1, Cause.ConnectionRefused, async () =>
        {
            await using var far = await RealProxies.CulvertAsync([Nobody], "far");
            await using var near = await RealProxies.CulvertAsync([Nobody], "near", $"parents:\n  - {{ name: far, host: {far.Address.Host}, port: {far.Address.Port} }}\n");
            var hop = Dials.Hop(near.Address, name: "near");
            return await Dials.DialAsync(Dials.Via(hop, hop with { Name = "far", Address = far.Address, Reach = HopReach.Forwarded }), Nobody);
        }),
        .. Mixed,
        new("the endpoint refuses the sensor's certificate with an alert", Stage.Tls, -1, Cause.IdentityRefused, IdentityAsync),
        new("the endpoint refuses the sensor's certificate after the handshake (OpenSSL, TLS 1.3)", Stage.Service, -1, Cause.IdentityRefused, RefusedLaterAsync),
        new("the endpoint has TLS 1.1 only (OpenSSL)", Stage.Tls, -1, Cause.TlsTooWeak, () => OldTlsAsync(atHop: false)),
        new("the hop has TLS 1.1 only (OpenSSL)", Stage.ProxyTls, 0, Cause.ProxyTlsTooWeak, () => OldTlsAsync(atHop: true)),
        new("the endpoint has ChaCha20 only (OpenSSL)", Stage.Tls, -1, Cause.TlsTooWeak, () => OldTlsAsync(atHop: false, "-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256")),
        new("the hop has AES-256-CBC only (OpenSSL)", Stage.ProxyTls, 0, Cause.ProxyTlsTooWeak, () => OldTlsAsync(atHop: true, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA384")),
    ];

    /// <summary>Forwarded chains of Squid and culvert-proxy: who refused, though the sensor asks the first alone?</summary>
    private static IEnumerable<Fault> Mixed =>
    [
        new("behind Squid, culvert-proxy does not list the destination", Stage.Request, 1, Cause.DestinationRefused, async () =>
        {
            await using var far = await RealProxies.CulvertAsync([new HostPort("127.0.0.1", 1)], "far");
            await using var near = await SquidBeforeAsync(far.Address);
            return await ForwardedAsync(near, far);
        }),
        new("behind Squid, culvert-proxy finds nobody at the destination", Stage.Request, 1, Cause.ConnectionRefused, async () =>
        {
            await using var far = await RealProxies.CulvertAsync([Nobody], "far");
            await using var near = await SquidBeforeAsync(far.Address);
            return await ForwardedAsync(near, far);
        }),
        new("behind Squid, another Squid denies, and signs with Via", Stage.Request, 1, Cause.DestinationRefused, async () =>
        {
            await using var far = await RealProxies.SquidAsync("visible_hostname far\nhttp_access deny all");
            await using var near = await SquidBeforeAsync(far.Address);
            return await ForwardedAsync(near, far);
        }),
        new("behind Squid, another Squid finds nobody at the destination, and nobody signs it", Stage.Request, 0, Cause.UpstreamUnreachable, async () =>
        {
            await using var far = await RealProxies.SquidAsync("visible_hostname far\nhttp_access allow all");
            await using var near = await SquidBeforeAsync(far.Address);
            return await ForwardedAsync(near, far);
        }),
        new("behind culvert-proxy, Squid denies", Stage.Request, 1, Cause.DestinationRefused, async () =>
        {
            await using var far = await RealProxies.SquidAsync("http_access deny all");
            await using var near = await CulvertBeforeAsync(far.Address);
            return await ForwardedAsync(near, far);
        }),
        new("behind culvert-proxy, Squid finds nobody at the destination", Stage.Request, 1, Cause.UpstreamUnreachable, async () =>
        {
            await using var far = await RealProxies.SquidAsync();
            await using var near = await CulvertBeforeAsync(far.Address);
            return await ForwardedAsync(near, far);
        }),
        new("behind culvert-proxy, tinyproxy finds nobody at the destination", Stage.Request, 1, Cause.UpstreamUnreachable, async () =>
        {
            await using var far = await RealProxies.TinyproxyAsync();
            await using var near = await CulvertBeforeAsync(far.Address);
            return await ForwardedAsync(near, far);
        }),
        new("behind culvert-proxy, Squid asks for credentials that culvert-proxy has not", Stage.Authenticate, 1, Cause.CredentialsMissing, async () =>
        {
            await using var far = await RealProxies.SquidAskingAsync("basic");
            await using var near = await CulvertBeforeAsync(far.Address);
            return await ForwardedAsync(near, far);
        }),
        new("culvert-proxy's parent is gone", Stage.Request, 0, Cause.NoParent, async () =>
        {
            await using var near = await CulvertBeforeAsync(new HostPort("127.0.0.9", 1));
            return await ForwardedAsync(near, null);
        }),
        new("behind culvert-proxy and Squid, the third, culvert-proxy, does not list the destination", Stage.Request, 2, Cause.DestinationRefused, async () =>
        {
            await using var third = await RealProxies.CulvertAsync([new HostPort("127.0.0.1", 1)], "third");
            await using var far = await SquidBeforeAsync(third.Address);
            await using var near = await CulvertBeforeAsync(far.Address);
            var hop = Dials.Hop(near.Address, name: "near");
            return await Dials.DialAsync(
                Dials.Via(hop, hop with { Name = "squid", Address = far.Address, Reach = HopReach.Forwarded }, hop with { Name = "third", Address = third.Address, Reach = HopReach.Forwarded }), Nobody);
        }),
        new("behind culvert-proxy and another, the third does not list the destination, and the sensor knows the first only", Stage.Request, 0, Cause.DestinationRefused, async () =>
        {
            await using var third = await RealProxies.CulvertAsync([new HostPort("127.0.0.1", 1)], "third");
            await using var far = await CulvertBeforeAsync(third.Address, "far");
            await using var near = await CulvertBeforeAsync(far.Address);
            return await Dials.DialAsync(Dials.Via(Dials.Hop(near.Address, name: "near")), Nobody);
        })
        { Target = "third" },
        new("behind two culvert-proxies, Squid denies, and the sensor knows the first only", Stage.Request, 0, Cause.DestinationRefused, async () =>
        {
            await using var third = await RealProxies.SquidAsync("http_access deny all");
            await using var far = await CulvertBeforeAsync(third.Address, "far", "corporate-squid");
            await using var near = await CulvertBeforeAsync(far.Address);
            return await Dials.DialAsync(Dials.Via(Dials.Hop(near.Address, name: "near")), Nobody);
        })
        { Target = "corporate-squid" },
        new("behind tinyproxy, nested, the second of two culvert-proxies that forward does not list the destination", Stage.Request, 2, Cause.DestinationRefused, async () =>
        {
            await using var third = await RealProxies.CulvertAsync([new HostPort("127.0.0.1", 1)], "third");
            await using var far = await CulvertBeforeAsync(third.Address);
            await using var near = await RealProxies.TinyproxyAsync();
            var hop = Dials.Hop(near.Address, name: "near");
            return await Dials.DialAsync(
                Dials.Via(hop, hop with { Name = "far", Address = far.Address }, hop with { Name = "third", Address = third.Address, Reach = HopReach.Forwarded }), Nobody);
        }),
    ];

    private static Task<ProxyProgram> SquidBeforeAsync(HostPort parent) =>
        RealProxies.SquidAsync($"cache_peer {parent.Host} parent {parent.Port} 0 no-query no-digest default\nnever_direct allow all\nhttp_access allow all");

    private static Task<ProxyProgram> CulvertBeforeAsync(HostPort parent, string name = "near", string parentName = "parent") =>
        RealProxies.CulvertAsync([Nobody], name, $"parents:\n  - {{ name: {parentName}, host: {parent.Host}, port: {parent.Port} }}\n");

    private static async Task<DialResult> ForwardedAsync(ProxyProgram near, ProxyProgram? far)
    {
        var hop = Dials.Hop(near.Address, name: "near");
        var route = Dials.Via(hop, hop with { Name = "far", Address = far?.Address ?? Nobody, Reach = HopReach.Forwarded });
        using var limit = Dials.Limit();
        while (true)
        {
            // Squid may count a parent as dead for a moment after its start.
            var result = await Dials.DialAsync(route, Nobody);
            if (result.Trace.Failure?.Evidence?.Contains("ERR_CANNOT_FORWARD", StringComparison.Ordinal) != true)
            {
                return result;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, limit.Token);
        }
    }

    private static HostPort Nobody { get; } = new("127.0.0.9", 1);

    private static Fault Squid(string name, Stage stage, Cause cause, string rules, string evidence, HostPort? destination = null) => new(name, stage, 0, cause, async () =>
    {
        await using var squid = await RealProxies.SquidAsync(rules);
        return await Dials.DialAsync(Dials.Via(Dials.Hop(squid.Address, name: "squid")), destination ?? Nobody);
    })
    { Evidence = evidence };

    private static async Task<DialResult> AskingAsync(string scheme, HopCredentials? credentials, HopAuthentication authentication = HopAuthentication.Auto)
    {
        await using var squid = await RealProxies.SquidAskingAsync(scheme);
        return await Dials.DialAsync(Dials.Via(Dials.Hop(squid.Address, credentials: credentials) with { Authentication = authentication }), Nobody);
    }

    /// <summary>With TLS 1.3 the client is done before the server has judged it: the check hears of it in its first exchange.</summary>
    private static async Task<DialResult> RefusedLaterAsync()
    {
        using var ca = new TestCa("Cloud CA");
        using var foreign = new TestCa("Foreign CA");
        await using var openssl = await ProxyProgram.StartAsync("openssl", ProxyProgram.Need("openssl"), asOther: false, (at, _) =>
        {
            var server = ca.Write(ca.Issue(at.Host));
            return Task.FromResult<string[]>(
            [
                "s_server", "-accept", $"{at.Host}:{at.Port}", "-cert", server.CertificateFile, "-key", server.KeyFile, "-CAfile", ca.CaFile,
                "-Verify", "1", "-verify_return_error", "-tls1_3", "-quiet",
            ]);
        });
        var request = new Checking.CheckRequest
        {
            Routes = [Dials.Via()],
            Endpoints = [new CloudEndpoint(CloudService.IotHub, openssl.Address)],
            Trust = ca.Trust,
            Identity = PemFiles.ReadIdentity(foreign.Write(foreign.Issue("stranger"))),
        };
        using var limit = Dials.Limit();
        var report = await new Checking.Checker(new TunnelDialer(Dials.Patient, TimeProvider.System), TimeProvider.System)
            .RunAsync(request, new Checking.CheckOptions { AnswerTimeout = TimeSpan.FromSeconds(20), LargeRequests = false }, null, limit.Token);
        return new DialResult { Trace = report.Routes[0].Endpoints[0].Trace };
    }

    private static async Task<DialResult> OldTlsAsync(bool atHop, params string[] how)
    {
        using var ca = new TestCa("Plant CA");
        var server = ca.Write(ca.Issue("127.0.0.1"));
        string[] only = how.Length > 0 ? how : ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"];
        await using var openssl = await ProxyProgram.StartAsync("openssl", ProxyProgram.Need("openssl"), asOther: false, (at, _) => Task.FromResult<string[]>(
            ["s_server", "-accept", $"{at.Host}:{at.Port}", "-cert", server.CertificateFile, "-key", server.KeyFile, "-quiet", .. only]));
        return atHop
            ? await Dials.DialAsync(Dials.Via(Dials.Hop(openssl.Address, HopScheme.Https) with { Trust = new HopTrust { CaFile = ca.CaFile, ServerName = "127.0.0.1" } }), Nobody)
            : await Dials.DialTlsAsync(Dials.Via(), openssl.Address, new EndpointTls { Trust = ca.Trust, ServerName = "127.0.0.1" });
    }

    /// <summary>OpenSSL's own server, TLS 1.2, so that the alert comes within the handshake; it trusts another CA than ours.</summary>
    private static async Task<DialResult> IdentityAsync()
    {
        using var ca = new TestCa("Cloud CA");
        using var foreign = new TestCa("Foreign CA");
        var server = ca.Write(ca.Issue("127.0.0.1"));
        await using var openssl = await ProxyProgram.StartAsync("openssl", ProxyProgram.Need("openssl"), asOther: false, (at, _) => Task.FromResult<string[]>(
        [
            "s_server", "-accept", $"{at.Host}:{at.Port}", "-cert", server.CertificateFile, "-key", server.KeyFile, "-CAfile", ca.CaFile,
            "-Verify", "1", "-verify_return_error", "-tls1_2", "-quiet",
        ]));
        var identity = PemFiles.ReadIdentity(foreign.Write(foreign.Issue("stranger")));
        return await Dials.DialTlsAsync(Dials.Via(), openssl.Address, new EndpointTls { Trust = ca.Trust, Identity = identity, ServerName = "127.0.0.1" });
    }
}
