namespace Culvert.Checking.Tests.Faults;

/// <summary>Combinations: faults at different hops, of different services, of one route each, or one behind the other.</summary>
internal static class FaultPairs
{
    private static readonly FaultProxy.Treat Fine = FaultProxy.Good();

    public static IReadOnlyList<FaultPair> All { get; } =
    [
        new(
            "the ways part behind a good hop: one next hop refuses, the other wants a password",
            s => Fork(s.WithCloud(), Fine, FaultProxy.Good(allowed: _ => false), FaultProxy.Good(credentials: "u:secret-word")),
            new("main", "dmz", Cause.DestinationRefused), new("by-it", "it", Cause.CredentialsMissing)),
        new(
            "the ways part behind a hop that says nothing: one next hop is gone, the other is well",
            s =>
            {
                s.WithCloud().WithHop("plant", FaultProxy.Good(quiet: true)).WithHopAt("dmz", new HostPort("127.0.0.1", s.Closed())).WithHop("it", Fine);
                s.WithRoute("main", "plant", "dmz").WithRoute("by-it", "plant", "it");
            },
            new PairedFault("main", "plant", Cause.UpstreamUnreachable, "dmz")),
        new(
            "one next hop hangs, the other resets",
            s => Fork(s.WithCloud(), Fine, FaultProxy.Silent, FaultProxy.Resets),
            new("main", "dmz", Cause.NoAnswer), new("by-it", "it", Cause.ConnectionClosed)),
        new(
            "a proxy is gone, and direct the hub has no WebSocket",
            s => s.WithCloud(a => new CloudFake(a.Issue("localhost")) { Upgrade = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n" })
                .WithHopAt("plant", new HostPort("127.0.0.1", s.Closed())).WithRoute("main", "plant").WithRoute("direct"),
            new("main", "plant", Cause.ConnectionRefused), new("direct", "cloud", Cause.WebSocketBlocked)),
        new(
            "one endpoint is not on the proxy's list, the other's certificate has expired",
            s =>
            {
                s.WithCloud(a => new CloudFake(a.Issue("localhost", TimeSpan.FromDays(-30), TimeSpan.FromDays(-1)))).WithBlobCloud();
                var blobs = s.BlobCloud!.Value;
                s.WithHop("plant", FaultProxy.Good(allowed: d => d != blobs)).WithRoute("main", "plant");
            },
            new("main", "cloud", Cause.CertificateExpired), new("main", "plant", Cause.DestinationRefused)),
        new(
            "one endpoint is inspected, the other is down",
            s =>
            {
                s.WithClosedCloud();
                var down = s.Cloud;
                s.WithCloud(_ => new CloudFake(new TestAuthority("Corp Inspection CA").Issue("localhost"))).WithBlobAt(down).WithHop("plant", Fine).WithRoute("main", "plant");
            },
            new("main", "cloud", Cause.Intercepted), new("main", "plant", Cause.UpstreamUnreachable, "blobs")),
        new(
            "one endpoint swallows large requests, the other has the wrong name",
            s => s.WithCloud(a => new CloudFake(a.Issue("localhost")) { SwallowsAbove = 2000 }).WithBlobCloud(a => new CloudFake(a.Issue("blobs.example.com"))).WithHop("plant", Fine).WithRoute("main", "plant"),
            new("main", "cloud", Cause.LargePacketsLost), new("main", "blobs", Cause.CertificateWrongName)),
        new(
            "both routes are broken at their first hop, each in its own way",
            s => s.WithCloud().WithHop("plant", FaultProxy.Answers("SSH-2.0-OpenSSH_9.2\r\n")).WithHop("other", Pages.SquidDenied).WithRoute("main", "plant").WithRoute("spare", "other"),
            new("main", "plant", Cause.NotAProxy), new("spare", "other", Cause.DestinationRefused)),
        new(
            "both hops of a chain ask for a password: the first is seen, the second is behind it",
            s => s.WithCloud().WithHop("plant", FaultProxy.Good(credentials: "u:secret-word")).WithHop("dmz", FaultProxy.Good(credentials: "u:secret-word")).WithRoute("main", "plant", "dmz"),
            new PairedFault("main", "plant", Cause.CredentialsMissing)),
        new(
            "the sensor's clock is off, and one of its proxies refuses",
            s => s.WithCloud(a => new CloudFake(a.Issue("localhost")) { ClockOffset = TimeSpan.FromMinutes(-20) }).WithHop("plant", FaultProxy.Good(allowed: _ => false)).WithRoute("main", "plant").WithRoute("direct"),
            new("main", "plant", Cause.DestinationRefused), new("", "", Cause.ClockOff)),
        new(
            "somebody shows a certificate of his own on one way, and another way is the cloud's",
            s => s.WithCloud().WithHop("plant", FaultTls.Answers(new CloudFake(new TestAuthority("localhost").Self()))).WithRoute("main", "plant").WithRoute("direct"),
            new PairedFault("main", "cloud", Cause.Intercepted)),
    ];

    private static void Fork(FaultSite site, FaultProxy.Treat first, FaultProxy.Treat dmz, FaultProxy.Treat it) =>
        site.WithHop("plant", first).WithHop("dmz", dmz).WithHop("it", it).WithRoute("main", "plant", "dmz").WithRoute("by-it", "plant", "it");
}
