namespace Culvert.Cli.Tests;

public sealed class DemoFilesTests
{
    private static readonly DemoHop Dmz = new("dmz-proxy", "3.5", 4001);

    [Fact]
    public void A_nested_chain_allows_at_each_proxy_exactly_what_the_sensor_asks_it_for()
    {
        var plant = DemoFiles.Proxy("plant-proxy", "3", HopReach.Nested, Dmz, "localhost", 8443);

        Assert.Contains("allow: [\"127.0.0.1:4001\"]", plant, StringComparison.Ordinal);
        Assert.DoesNotContain("parents", plant, StringComparison.Ordinal);
        Assert.Contains("allow: [\"localhost:8443\"]", DemoFiles.Proxy("dmz-proxy", "3.5", HopReach.Nested, null, "localhost", 8443), StringComparison.Ordinal);
    }

    [Fact]
    public void A_forwarded_chain_allows_the_portal_and_passes_it_on()
    {
        var plant = DemoFiles.Proxy("plant-proxy", "3", HopReach.Forwarded, Dmz, "localhost", 8443);

        Assert.Contains("allow: [\"localhost:8443\"]", plant, StringComparison.Ordinal);
        Assert.Contains("{ name: dmz-proxy, host: 127.0.0.1, port: 4001, priority: 1, level: 3.5 }", plant, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ConnectionMethod.Direct, 0)]
    [InlineData(ConnectionMethod.CloudProxy, 1)]
    [InlineData(ConnectionMethod.ProxyChain, 2)]
    public void Each_method_has_its_proxies(ConnectionMethod method, int count) => Assert.Equal(count, DemoFiles.Proxies(method).Count);

    [Fact]
    public void The_sensors_file_is_one_that_the_settings_reader_takes_for_yaml()
    {
        var text = DemoFiles.Sensor(new DemoOptions { Capture = "/tmp/a \"b\"/ü.pcap", Speed = 2.5, LearningMinutes = 4 }, [new DemoHop("plant-proxy", "3", 4000), Dmz], "localhost", "cell-1");

        var result = Configuration.SettingsFile.Parse(text, "/x/sensor.yaml", m => m.Mappings("sources")[0].Required("capture", Configuration.Setting.FilePath));
        Assert.DoesNotContain(result.Mistakes, m => m.Field.Length == 0);
        Assert.Contains("learningPeriod: 4m", text, StringComparison.Ordinal);
        Assert.Contains("speed: 2.5", text, StringComparison.Ordinal);
    }
}
