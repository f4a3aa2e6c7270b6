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
        new("the endpoint refuses the sensor's certificate with an alert", Stage.Tls, -1, Cause.IdentityRefused, IdentityAsync),
    ];

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
