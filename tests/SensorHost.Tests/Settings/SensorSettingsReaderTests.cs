using Culvert.Configuration;

namespace Culvert.SensorHost.Tests;

public sealed class SensorSettingsReaderTests
{
    [Fact]
    public void A_whole_file_is_read()
    {
        var settings = Read("""
            routes:
              - name: main
                priority: 1
                hops:
                  - { name: plant-proxy, host: 10.30.3.5, port: 3128, level: 3 }
                  - { name: dmz-proxy, host: 10.30.35.5, port: 3128, scheme: https, reach: nested, trust: { caFile: ca.pem, serverName: dmz.example.com } }
              - { name: direct, priority: 2, hops: [] }
            bandwidthKbps: 2000
            heartbeatSeconds: 30
            hosts: { portal.example.com: [198.51.100.10] }
            sources:
              - { capture: a.pcap, zone: cell-1, speed: 2.5 }
              - { interface: eth1, zone: cell-2 }
            mode: operational
            learningPeriod: 14d
            outboxSize: 512MiB
            checkWhenLostSeconds: 120
            telemetry: false
            """).Value!;

        Assert.Equal(["main: plant-proxy -> dmz-proxy", "direct: direct"], settings.Routes.Select(r => r.ToString()));
        Assert.Equal("dmz.example.com", settings.Routes[0].Hops[1].Trust.ServerName);
        Assert.Equal((2000, 30, 512L * 1024 * 1024, 120, false), (settings.BandwidthKbps, settings.HeartbeatSeconds, settings.OutboxBytes, settings.CheckWhenLostSeconds, settings.Telemetry));
        Assert.Equal([("/tmp/x/a.pcap", 2.5), (null, 1)], settings.Sources.Select(s => (s.Capture, s.Speed)));
        Assert.Equal((false, TimeSpan.FromDays(14)), (settings.Learning, settings.LearningPeriod));
        Assert.Equal("198.51.100.10", Assert.Single(settings.Hosts["portal.example.com"]).ToString());
    }

    [Fact]
    public void A_shared_access_key_is_named_by_place_and_its_mistakes_never_show_it()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "bm90LWEtcmVhbC1rZXktYnV0LWxvbmctZW5vdWdo\n");
            var settings = Read($$"""
                cloud:
                  iotHub: { sharedAccessKey: { file: {{file}} } }
                  eventHubs: { sharedAccessKey: { file: {{file}} }, policyName: send }
                """).Value!;
            Assert.Equal(("bm90LWEtcmVhbC1rZXktYnV0LWxvbmctZW5vdWdo", null), (settings.HubAccess!.Key, settings.HubAccess.PolicyName));
            Assert.Equal("send", settings.EventHubsAccess!.PolicyName);

            File.WriteAllText(file, "not-base64!");
            foreach (var mistaken in (string[])[$"cloud: {{ iotHub: {{ sharedAccessKey: {{ file: {file} }} }} }}", "cloud: { iotHub: { sharedAccessKey: not-base64! } }", "cloud: { eventHubs: { policyName: send } }"])
            {
                var mistake = Assert.Single(Read(mistaken).Mistakes);
                Assert.Contains("sharedAccessKey", mistake.ToString(), StringComparison.Ordinal);
                Assert.DoesNotContain("not-base64!", mistake.ToString(), StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("authentication: negotiate", null)]
    [InlineData("authentication: digest", "expected credentials beside it")]
    [InlineData("authentication: basic, credentials: { userName: 'a:b', password: { environment: PATH } }", "Basic cannot carry it")]
    [InlineData("authentication: digest, credentials: { userName: 'a:b', password: { environment: PATH } }", null)]
    [InlineData("scheme: socks5, authentication: negotiate", "a field of http and https hops")]
    [InlineData("scheme: https, trust: { spkiPins: [AAAA] }", "expected an SPKI pin")]
    [InlineData("scheme: https, trust: { spkiPins: ['47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='] }", null)]
    public void What_a_hop_cannot_honour_is_a_mistake(string fields, string? told)
    {
        var read = Read($$"""
            routes:
              - name: main
                hops:
                  - { name: plant-proxy, host: 10.30.3.5, port: 3128, {{fields}} }
            """);
        if (told is null)
        {
            Assert.Empty(read.Mistakes);
            return;
        }

        Assert.Contains(told, Assert.Single(read.Mistakes).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_out_has_the_safe_value()
    {
        var settings = Read("mode: learning").Value!;

        Assert.True(settings.Learning);
        Assert.Equal(1500, settings.BandwidthKbps);
        Assert.True(Assert.Single(settings.Routes).IsDirect);
    }

    [Fact]
    public void Every_mistake_is_named_with_its_line_at_once()
    {
        var mistakes = Read("""
            bandwidthKbps: 100
            trust: { caFile: inspection.pem }
            sources:
              - { capture: a.pcap, interface: eth1, zone: cell-1 }
              - { zone: cell-1 }
              - { interface: eth1, zone: cell-2, speed: 3 }
              - { capture: b.pcap, zone: cell-2 }
            hearbeatSeconds: 10
            mode: on
            """).Mistakes;

        Assert.Equal([1, 2, 4, 5, 6, 7, 8, 9], mistakes.Select(m => m.Line).Distinct());
        Assert.Contains(mistakes, m => m.Line == 8 && m.ToString().Contains("did you mean 'heartbeatSeconds'", StringComparison.Ordinal));
        Assert.Contains(mistakes, m => m.Line == 2 && m.ToString().Contains("activation file", StringComparison.Ordinal));
    }

    private static SettingsResult<SensorFileSettings> Read(string text) => SettingsFile.Parse(text, "/tmp/x/sensor.yaml", SensorSettingsReader.Read);
}
