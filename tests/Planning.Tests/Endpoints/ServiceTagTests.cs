using System.Net;
using System.Text;
using CsCheck;

namespace Culvert.Planning.Tests;

public sealed class ServiceTagTests
{
    private const string File =
        """
        { "changeNumber": 321, "cloud": "Public", "values": [
          { "name": "AzureIoTHub", "id": "AzureIoTHub", "properties": { "changeNumber": 3, "region": "", "systemService": "AzureIoTHub", "addressPrefixes": ["13.66.142.96/28", "13.66.142.112/28", "2603:1030::/48", "13.66.142.100/32"] } },
          { "name": "AzureIoTHub.WestEurope", "id": "x", "properties": { "addressPrefixes": ["13.66.142.96/28"] } } ] }
        """;

    [Fact]
    public void Ranges_are_as_few_as_cover_the_same() =>
        Assert.Equal(["13.66.142.96/27", "2603:1030::/48"], Read(File).RangesOf("AzureIoTHub", null).Select(r => r.ToString()));

    [Fact]
    public void A_region_has_its_own() => Assert.Equal(["13.66.142.96/28"], Read(File).RangesOf("AzureIoTHub", "westeurope").Select(r => r.ToString()));

    [Fact]
    public void A_tag_that_is_not_there_has_none() => Assert.Empty(Read(File).RangesOf("Storage", null));

    [Fact]
    public void What_differs_from_last_week_is_told()
    {
        var (added, removed) = AddressRanges.Difference(Read(File).RangesOf("AzureIoTHub", null), Read(File.Replace("2603:1030::/48", "2603:1040::/48", StringComparison.Ordinal)).RangesOf("AzureIoTHub", null));

        Assert.Equal("2603:1040::/48", Assert.Single(added).ToString());
        Assert.Equal("2603:1030::/48", Assert.Single(removed).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"changeNumber\": 1, \"values\": [{\"name\": \"x\", \"properties\": {\"addressPrefixes\": [\"nonsense\"]}}]}")]
    public void Another_file_is_refused(string text) => Assert.Throws<FormatException>(() => Read(text));

    [Fact]
    public void Collapsing_keeps_exactly_the_same_addresses() =>
        Gen.Select(Gen.Int[0, 255], Gen.Int[24, 32]).Array[0, 40].Sample(items =>
        {
            IPNetwork[] networks = [.. items.Select(i => new IPNetwork(new IPAddress([10, 0, 0, (byte)(i.Item1 & (0xff << (32 - i.Item2)))]), i.Item2))];
            var collapsed = AddressRanges.Collapse(networks);
            for (var last = 0; last < 256; last++)
            {
                var address = new IPAddress([10, 0, 0, (byte)last]);
                Assert.Equal(networks.Any(n => n.Contains(address)), collapsed.Count(n => n.Contains(address)) == 1);
            }

            Assert.True(collapsed.Count <= networks.Length);
        }, iter: 500);

    [Fact]
    public async Task Nft_takes_the_sets()
    {
        var file = Path.GetTempFileName();
        try
        {
            await System.IO.File.WriteAllTextAsync(file, AddressRangeWriter.Write(Read(File), ["AzureIoTHub"], null, EndpointFormat.Nftables));
            var (status, output) = await RealProgram.RunAsync("unshare", "-rn", "nft", "-f", file);
            Assert.SkipWhen(output.Contains("Operation not permitted", StringComparison.Ordinal), "no user namespaces here");
            Assert.True(status == 0, output);
        }
        finally
        {
            System.IO.File.Delete(file);
        }
    }

    private static ServiceTagFile Read(string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return ServiceTagFile.Parse(stream);
    }
}
