namespace Culvert.Interop.Tests;

/// <summary>Faults that a packet filter makes. They are built in a network namespace of their own, in which this test program runs a second time.</summary>
internal static class NamespaceFaults
{
    private static readonly TunnelDialerOptions Short = Dials.Patient with { ConnectTimeout = TimeSpan.FromSeconds(2), TlsTimeout = TimeSpan.FromSeconds(3) };

    public static IEnumerable<Fault> All =>
    [
        new("a packet filter drops silently on the way to the hop", Stage.Connect, 0, Cause.ConnectionTimedOut, () => FilteredAsync("tcp dport PORT drop")),
        new("a packet filter drops the answers of the hop", Stage.Connect, 0, Cause.ConnectionTimedOut, () => FilteredAsync("tcp sport PORT drop")),
        new("a packet filter rejects with a reset", Stage.Connect, 0, Cause.ConnectionRefused, () => FilteredAsync("tcp dport PORT reject with tcp reset")),
        new("a packet filter says that the host is unreachable", Stage.Connect, 0, Cause.NetworkUnreachable, () => FilteredAsync("tcp dport PORT reject with icmp type host-unreachable")),
        new("there is no route to the hop", Stage.Connect, 0, Cause.NetworkUnreachable, () => Dials.DialAsync(Dials.Via(Dials.Hop(new HostPort("198.51.100.1", 3128))), new HostPort("portal.example", 443), Short)),
        new("a packet filter drops the request after the connection stands", Stage.Request, 0, Cause.NoAnswer, () => FilteredAsync("tcp dport PORT ct packets > 3 drop")),
        new("a packet filter drops full-size packets to the service (path MTU)", Stage.Service, -1, Cause.LargePacketsLost, LargeAsync),
    ];

    /// <summary>Requests of 20 KiB are lost, small ones pass.</summary>
    private static async Task<DialResult> LargeAsync()
    {
        try
        {
            return await ServiceFaults.CheckAsync(
                Cause.LargePacketsLost,
                ServiceFaults.Well,
                new Checking.CheckOptions { AnswerTimeout = TimeSpan.FromSeconds(8) },
                at => FilterAsync($"tcp dport {at.Port} meta length > 4000 drop"));
        }
        finally
        {
            await RealProxies.RunAsync("nft", "flush", "ruleset");
        }
    }

    private static async Task FilterAsync(string rule)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"flush ruleset\ntable ip faults {{\n chain out {{\n type filter hook output priority 0; policy accept;\n {rule}\n }}\n}}\n");
        await RealProxies.RunAsync("nft", "-f", file);
        File.Delete(file);
    }

    private static async Task<DialResult> FilteredAsync(string rule)
    {
        await using var proxy = new GoodProxy();
        await FilterAsync(rule.Replace("PORT", proxy.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        try
        {
            return await Dials.DialAsync(Dials.Via(Dials.Hop(proxy.Address)), new HostPort("portal.example", 443), Short with { RequestTimeout = TimeSpan.FromSeconds(2) });
        }
        finally
        {
            await RealProxies.RunAsync("nft", "flush", "ruleset");
        }
    }
}
