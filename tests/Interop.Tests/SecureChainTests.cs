namespace Culvert.Interop.Tests;

/// <summary>Real proxies behind TLS, with and without client certificates, in every place of a chain; TLS within TLS, as deep as the chain.</summary>
public sealed class SecureChainTests(SecureFleet fleet) : IClassFixture<SecureFleet>
{
    public static TheoryData<string, int> Places
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var program in new[] { "squid-tls", "squid-mtls", "haproxy-mtls", "culvert-tls", "culvert-mtls" })
            {
                for (var place = 0; place < 3; place++)
                {
                    data.Add(program, place);
                }
            }

            return data;
        }
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Places))]
    public async Task An_https_hop_is_the_first_the_middle_and_the_last(string program, int place)
    {
        var hops = await ChainAsync(program, place);
        await OpensAsync(hops);

        // The same with the faults of its certificates: each is laid to this hop, wherever it stands.
        await FailsAsync(hops, place, Cause.ProxyCertificateUntrusted, h => h with { Trust = new HopTrust { CaFile = fleet.Cloud.CaFile } });
        await FailsAsync(hops, place, Cause.ProxyCertificateWrongName, h => h with { Trust = h.Trust with { ServerName = "other.plant" } });
        await FailsAsync(hops, place, Cause.ProxyPinMismatch, h => h with { Trust = h.Trust with { SpkiPins = [Convert.ToBase64String(new byte[32])] } });
        if (program is "squid-mtls" or "haproxy-mtls")
        {
            await FailsAsync(hops, place, Cause.ProxyClientCertificateMissing, h => h with { ClientCertificate = null });
        }

        if (program.EndsWith("-mtls", StringComparison.Ordinal))
        {
            await FailsAsync(hops, place, Cause.ProxyClientCertificateRefused, h => h with { ClientCertificate = fleet.Cloud.Write(fleet.Cloud.Issue("stranger")) });
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Three_https_hops_with_client_certificates_carry_TLS_in_four_layers()
    {
        string[] programs = ["squid-mtls", "haproxy-mtls", "squid-tls"];
        var hops = new List<Hop>();
        foreach (var program in programs)
        {
            hops.Add(await fleet.HopAsync(program));
        }

        await OpensAsync(hops);
    }

    private async Task<List<Hop>> ChainAsync(string program, int place)
    {
        var others = program.StartsWith("haproxy", StringComparison.Ordinal) ? new[] { "tinyproxy", "squid-tls" } : ["tinyproxy", "squid"];
        var hops = new List<Hop>();
        foreach (var other in others)
        {
            hops.Add(await fleet.HopAsync(other));
        }

        hops.Insert(place, await fleet.HopAsync(program));
        return hops;
    }

    private async Task OpensAsync(List<Hop> hops)
    {
        var result = await Dials.DialTlsAsync(Dials.Via([.. hops]), fleet.Endpoint, fleet.Tls);
        Assert.True(result.Succeeded, $"{string.Join(" -> ", hops)}: {result.Trace.Failure}");
        await using var stream = result.Stream;
        await Dials.EchoesAsync(stream, new string('x', 100_000));
        Assert.All(result.Trace.Steps.Where(s => s.Stage == Stage.ProxyTls), s => Assert.True(s.CertificateEndsAt > TimeProvider.System.GetUtcNow()));
    }

    private async Task FailsAsync(List<Hop> hops, int place, Cause cause, Func<Hop, Hop> fault)
    {
        var changed = hops.Select((h, i) => i == place ? fault(h) : h).ToArray();
        var failure = (await Dials.DialTlsAsync(Dials.Via(changed), fleet.Endpoint, fleet.Tls)).Trace.Failure;
        Assert.Equal((place, Stage.ProxyTls, cause), (failure?.HopIndex, failure?.Stage, failure?.Cause ?? Cause.None));
    }
}
