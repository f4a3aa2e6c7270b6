namespace Culvert.Analysis.Tests;

public sealed class DecodingTests
{
    private const string PlcMac = "02:00:00:00:00:02";
    private const string HmiMac = "02:00:00:00:00:01";

    public static TheoryData<string> Wrappings => ["plain", "vlan", "two tags", "erspan I", "erspan II", "erspan III", "erspan III with platform", "ethernet over gre", "gre with checksum and key", "erspan within erspan"];

    [Theory]
    [MemberData(nameof(Wrappings))]
    public void The_mirrored_frame_is_found_whatever_it_came_in(string wrapping)
    {
        var frame = Frames.Tcp(HmiMac, "10.1.0.1", 40000, PlcMac, "10.1.0.2", 502, Frames.Modbus(7, 1, 3, 0, 0, 0, 2), 1);
        var wrapped = wrapping switch
        {
            "vlan" => Frames.Tagged(frame, 12),
            "two tags" => Frames.Tagged(Frames.Tagged(frame, 12), 100, 0x88A8),
            "erspan I" => Mirror([0x00, 0x00, 0x88, 0xBE], frame),
            "erspan II" => Mirror([0x10, 0x00, 0x88, 0xBE, 0, 0, 0, 1, 0x10, 12, 0, 1, 0, 0, 0, 0], frame),
            "erspan III" => Mirror([0x10, 0x00, 0x22, 0xEB, 0, 0, 0, 1, 0x20, 12, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], frame),
            "erspan III with platform" => Mirror([0x10, 0x00, 0x22, 0xEB, 0, 0, 0, 1, 0x20, 12, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8], frame),
            "ethernet over gre" => Mirror([0x00, 0x00, 0x65, 0x58], frame),
            "gre with checksum and key" => Mirror([0xA0, 0x00, 0x65, 0x58, 1, 2, 0, 0, 9, 9, 9, 9], frame),
            "erspan within erspan" => Mirror([0x00, 0x00, 0x88, 0xBE], Mirror([0x00, 0x00, 0x88, 0xBE], frame)),
            _ => frame,
        };
        var sink = Analyze(wrapped);
        Assert.Equal(["10.1.0.1"], sink.Devices[HmiMac].IPv4Addresses);
        var hmi = sink.Devices[HmiMac];
        Assert.Contains(hmi.Protocols, p => p is { Name: "Modbus", Role: "client" } || p.Name.Contains("modbus", StringComparison.OrdinalIgnoreCase));
        // The switch that mirrors and we are no devices of the plant.
        Assert.DoesNotContain(sink.Devices.Values, d => d.IPv4Addresses.Contains("192.0.2.1") || d.IPv4Addresses.Contains("192.0.2.9"));
        if (wrapping is "vlan" or "two tags" or "erspan II" or "erspan III" or "erspan III with platform")
        {
            Assert.Equal([12], hmi.Vlans);
        }
    }

    [Fact]
    public void A_tunnel_of_the_plant_stays_a_tunnel_and_a_cut_mirror_frame_is_no_error()
    {
        var inner = Frames.Tcp(HmiMac, "10.1.0.1", 40000, PlcMac, "10.1.0.2", 502, [], 1)[14..];
        var tunnel = Analyze(Mirror([0x00, 0x00, 0x08, 0x00], inner));
        Assert.Contains(tunnel.Devices.Values, d => d.IPv4Addresses.Contains("192.0.2.1"));
        for (var length = 0; length < 60; length++)
        {
            var whole = Mirror([0x10, 0x00, 0x22, 0xEB, 0, 0, 0, 1, 0x20, 12, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8], Frames.Arp(HmiMac, "10.1.0.1", PlcMac, "10.1.0.2", 1));
            Analyze(whole[..Math.Min(whole.Length, 34 + length)]);
        }
    }

    [Fact]
    public void Ipv6_and_arp_give_devices_their_addresses()
    {
        var sink = Analyze(
            Frames.Udp(HmiMac, "fd00::1", 5000, PlcMac, "fd00::2", 47808, [1, 2, 3]),
            Frames.Arp(PlcMac, "10.1.0.2", HmiMac, "10.1.0.1", 2));
        Assert.Equal(["fd00::1"], sink.Devices[HmiMac].IPv6Addresses);
        Assert.Equal(["10.1.0.2"], sink.Devices[PlcMac].IPv4Addresses);
    }

    private static byte[] Mirror(byte[] gre, byte[] frame) => Frames.Ip("02:00:00:00:00:0a", "192.0.2.1", "02:00:00:00:00:0b", "192.0.2.9", 47, [.. gre, .. frame]);

    private static CollectingSink Analyze(params byte[][] frames)
    {
        var sink = new CollectingSink();
        var analyzer = new TrafficAnalyzer(new AnalyzerOptions { Zone = "z", Learning = true }, sink);
        var ticks = new DateTime(2026, 11, 24, 8, 0, 0, DateTimeKind.Utc).Ticks;
        foreach (var frame in frames)
        {
            var packet = new CapturedPacket(LinkType.Ethernet, ticks += TimeSpan.TicksPerMillisecond, frame, frame.Length);
            analyzer.Process(in packet);
        }

        analyzer.Flush();
        return sink;
    }
}
