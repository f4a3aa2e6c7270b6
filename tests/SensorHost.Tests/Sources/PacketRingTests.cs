using Culvert.Analysis;

namespace Culvert.SensorHost.Tests;

public sealed class PacketRingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_gives_the_last_packets_whole_and_in_order(int seed)
    {
        const int bytes = 10_000;
        var random = new Random(seed);
        var ring = new PacketRing(bytes);
        var all = new List<byte[]>();
        for (var i = 0; i < 2000; i++)
        {
            var data = new byte[random.Next(0, 1500)];
            random.NextBytes(data);
            all.Add(data);
            ring.Add(new CapturedPacket(LinkType.Ethernet, DateTime.UnixEpoch.Ticks + i, data, data.Length));
        }

        using var pcap = new MemoryStream();
        ring.CopyTo(new EvidenceCut(Alert(), pcap));
        pcap.Position = 0;
        var reader = CaptureReader.Open(pcap);
        var kept = new List<byte[]>();
        while (reader.Read(out var packet))
        {
            kept.Add(packet.Data.ToArray());
        }

        Assert.Equal(all.TakeLast(kept.Count), kept);
        // At most the gap at the wall and the packet that did not fit are given up.
        Assert.InRange(kept.Sum(k => k.Length), bytes - 3000, bytes);
    }

    private static AlertRecord Alert() => new()
    {
        Id = "a",
        Type = "t",
        Title = "t",
        Message = "m",
        Engine = AlertEngine.Anomaly,
        Severity = AlertSeverity.Minor,
        Category = "c",
        Zone = "z",
        FirstDetection = DateTimeOffset.UnixEpoch,
        LastDetection = DateTimeOffset.UnixEpoch,
    };
}
