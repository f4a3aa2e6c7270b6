using System.Security.Cryptography;
using System.Text;

namespace Culvert.Planning.Tests;

public sealed class EndpointListTests
{
    private static readonly SiteCloud Portal = Samples.Read("direct").Clouds[0];
    private static readonly SiteCloud Azure = Samples.Read("cloud-proxy").Clouds[0];

    [Fact]
    public void The_json_is_read_back_as_the_same_list()
    {
        var cloud = Azure with { ComingEndpoints = [new SiteComingEndpoint(new CloudEndpoint(CloudService.Blob, new HostPort("new.example.com", 443)), "2.0")] };
        var list = EndpointList.Of(cloud);
        var again = EndpointList.Parse(EndpointListWriter.Write(list, EndpointFormat.Json));

        Assert.Equal(list.Digest, again.Digest);
        Assert.Equal(list.Version, again.Version);
        Assert.Equal(["new.example.com:443"], again.Coming.Select(e => e.Address.ToString()));
    }

    [Fact]
    public void The_version_counts_on_only_where_the_content_differs()
    {
        var first = EndpointList.Of(Azure);
        var moved = Azure with { Endpoints = [.. Azure.Endpoints.Skip(1), new SiteEndpoint(new CloudEndpoint(CloudService.IotHub, new HostPort("other-hub.azure-devices.net", 443)), [])] };

        Assert.Equal(1, first.Version);
        Assert.Equal(1, EndpointList.Of(Azure, first).Version);
        var second = EndpointList.Of(moved, first);
        Assert.Equal(2, second.Version);
        Assert.Equal(["- contoso-hub.azure-devices.net:443 iotHub", "+ other-hub.azure-devices.net:443 iotHub"], second.ChangesSince(first).Select(c => $"{(c.IsAdded ? '+' : '-')} {c.Entry}"));
    }

    [Theory]
    [InlineData(EndpointFormat.Text, "portal.example.com:443\n")]
    [InlineData(EndpointFormat.Edl, "\nportal.example.com\n")]
    [InlineData(EndpointFormat.Csv, "portal.example.com,443,tcp,iotHub eventHubs blob downloads telemetry,198.51.100.10,,1\n")]
    [InlineData(EndpointFormat.Squid, "acl culvert_endpoints dstdomain -n portal.example.com\nacl culvert_ports port 443\n")]
    [InlineData(EndpointFormat.Nftables, "add element inet culvert_endpoints n_portal_example_com { 198.51.100.10 }\n")]
    public void Each_form_holds_the_exact_place(EndpointFormat format, string expected) =>
        Assert.Contains(expected, EndpointListWriter.Write(EndpointList.Of(Portal), format), StringComparison.Ordinal);

    [Fact]
    public void A_coming_endpoint_is_told_and_not_opened()
    {
        var list = EndpointList.Of(Portal with { ComingEndpoints = [new SiteComingEndpoint(new CloudEndpoint(CloudService.Blob, new HostPort("new.example.com", 443)), "2.0")] });

        Assert.Contains("# Needed from version 2.0: new.example.com:443\n", EndpointListWriter.Write(list, EndpointFormat.Text), StringComparison.Ordinal);
        Assert.DoesNotContain("new.example.com", EndpointListWriter.Write(list, EndpointFormat.Edl), StringComparison.Ordinal);
        Assert.Single(list.ChangesSince(EndpointList.Of(Portal)));
    }

    [Fact]
    public void An_edited_list_is_refused()
    {
        var json = EndpointListWriter.Write(EndpointList.Of(Portal), EndpointFormat.Json);

        Assert.Throws<FormatException>(() => EndpointList.Parse(json.Replace("portal.example.com", "evil.example.com", StringComparison.Ordinal)));
        Assert.Throws<FormatException>(() => EndpointList.Parse("{}"));
        Assert.Throws<FormatException>(() => EndpointList.Parse(json[..^30]));
        Assert.Throws<FormatException>(() => EndpointList.Parse(json.Replace("portal.example.com", "*.example.com", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_signature_is_the_signers_and_openssl_agrees()
    {
        var (key, publicKey) = EndpointSignature.CreateKey();
        var content = Encoding.UTF8.GetBytes(EndpointListWriter.Write(EndpointList.Of(Portal), EndpointFormat.Json));
        var signature = EndpointSignature.Sign(content, key);

        Assert.True(EndpointSignature.Verify(content, signature, publicKey));
        content[10] ^= 1;
        Assert.False(EndpointSignature.Verify(content, signature, publicKey));
        content[10] ^= 1;
        Assert.False(EndpointSignature.Verify(content, signature, EndpointSignature.CreateKey().Public));
        Assert.ThrowsAny<Exception>(() => EndpointSignature.Sign(content, publicKey));
        using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP384))
        {
            Assert.Throws<CryptographicException>(() => EndpointSignature.Sign(content, other.ExportPkcs8PrivateKeyPem()));
        }

        var folder = Directory.CreateTempSubdirectory("culvert-planning-tests").FullName;
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "list"), content);
            await File.WriteAllBytesAsync(Path.Combine(folder, "list.sig"), signature);
            await File.WriteAllTextAsync(Path.Combine(folder, "key.pub"), publicKey);
            var (status, output) = await RealProgram.RunAsync("openssl", "dgst", "-sha256", "-verify", Path.Combine(folder, "key.pub"), "-signature", Path.Combine(folder, "list.sig"), Path.Combine(folder, "list"));
            Assert.True(status == 0, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
