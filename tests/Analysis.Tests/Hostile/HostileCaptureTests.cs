namespace Culvert.Analysis.Tests;

/// <summary>Any bytes may come. None may crash, hang, or make it grow beyond its limits.</summary>
public sealed class HostileCaptureTests
{
    private static readonly AnalyzerOptions Small = new() { Zone = "z", MaxDevices = 500, MaxFlows = 1000, MaxTrafficRows = 1000, MaxOpenAlerts = 200 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Altered_captures_end_and_stay_within_the_limits(int seed)
    {
        var random = new Random(seed);
        foreach (var capture in Captures.All())
        {
            var whole = File.ReadAllBytes(capture).AsSpan(0, (int)Math.Min(new FileInfo(capture).Length, 200_000));
            for (var round = 0; round < 4; round++)
            {
                var bytes = whole.ToArray();
                switch (round)
                {
                    case 0:
                        bytes = bytes[..random.Next(bytes.Length)];
                        break;
                    case 1:
                        Flip(bytes, random, 24, bytes.Length, 200);
                        break;
                    case 2:
                        // Where lengths lie.
                        Flip(bytes, random, 0, Math.Min(bytes.Length, 400), 12);
                        break;
                    default:
                        var at = random.Next(bytes.Length);
                        bytes = [.. bytes[..at], .. new byte[random.Next(64)], .. bytes[at..]];
                        break;
                }

                Run(bytes, $"seed {seed}, {Path.GetFileName(capture)}, round {round}");
            }
        }
    }

    [Fact]
    public void Altered_frames_of_every_capture_are_taken_apart_or_counted_as_malformed()
    {
        const int Seed = 502;
        var random = new Random(Seed);
        var analyzer = new TrafficAnalyzer(Small, new CollectingSink());
        var frames = 0L;
        foreach (var capture in Captures.All())
        {
            foreach (var frame in Captures.Load(capture).Take(300))
            {
                var data = frame.Data.ToArray();
                Flip(data, random, 0, data.Length, 1 + random.Next(6));
                var cut = random.Next(4) == 0 ? data.AsSpan(0, random.Next(data.Length + 1)) : data;
                var packet = new CapturedPacket(frame.LinkType, frame.Ticks, cut, random.Next(8) == 0 ? int.MaxValue : frame.OriginalLength);
                analyzer.Process(in packet);
                frames++;
            }
        }

        analyzer.Flush();
        Assert.Equal(frames, analyzer.Packets);
        Assert.InRange(analyzer.Devices, 1, Small.MaxDevices);
        Assert.True(analyzer.Malformed > 0);
    }

    [Fact]
    public void A_flood_of_new_addresses_ports_and_requests_does_not_grow_it()
    {
        const int Seed = 7;
        var random = new Random(Seed);
        var analyzer = new TrafficAnalyzer(Small, new NullSink());
        var frame = Frames.Tcp("02:00:00:00:00:01", "10.0.0.1", 40000, "02:00:00:00:00:02", "10.0.0.2", 502, Frames.Modbus(1, 1, 3, 0, 0, 0, 1), 1);
        var before = 0L;
        for (var i = 0; i < 300_000; i++)
        {
            // Random hardware and network addresses, ports, and the Modbus bytes.
            random.NextBytes(frame.AsSpan(7, 5));
            random.NextBytes(frame.AsSpan(26, 8));
            random.NextBytes(frame.AsSpan(34, 2));
            random.NextBytes(frame.AsSpan(60));
            var packet = new CapturedPacket(LinkType.Ethernet, 638_000_000_000_000_000 + (i * 1000L), frame, frame.Length);
            analyzer.Process(in packet);
            if (i == 100_000)
            {
                before = GC.GetTotalMemory(forceFullCollection: true);
            }
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(analyzer.Devices, 1, Small.MaxDevices);
        Assert.True(analyzer.DevicesRefused > 0);
        Assert.True(grown < 8 * 1024 * 1024, $"seed {Seed}: {grown} bytes more after 200,000 further frames");
    }

    [Theory]
    [InlineData("")]
    [InlineData("D4C3B2A1")]
    [InlineData("D4C3B2A1020004000000000000000000FFFF000001000000")] // a header and nothing
    [InlineData("D4C3B2A1020004000000000000000000FFFF0000010000000000000000000000FFFFFFFFFFFFFFFF00")] // a record of 4 GiB
    [InlineData("D4C3B2A1020004000000000000000000FFFF00000100000000000000000000000000000000000000")] // records without bytes
    [InlineData("D4C3B2A1020004000000000000000000FFFF0000010000000000000000000000000000800000008000")] // a negative length
    [InlineData("0A0D0D0A1C0000004D3C2B1A01000000FFFFFFFFFFFFFFFF1C000000")] // a pcapng section and nothing
    [InlineData("0A0D0D0A000000004D3C2B1A")] // a block of no length
    [InlineData("0A0D0D0AFFFFFFFF4D3C2B1A01000000FFFFFFFFFFFFFFFFFFFFFFFF")] // a block of 4 GiB
    [InlineData("0A0D0D0A1C0000004D3C2B1A01000000FFFFFFFFFFFFFFFF1C0000000600000020000000000000000000000000000000FFFFFFFF0000000020000000")] // a packet of an interface that is not there
    [InlineData("CAFEBABE00000000")]
    public void Files_that_lie_about_their_lengths_end_soon(string hex) => Run(Convert.FromHexString(hex), hex);

    [Fact]
    public void Random_bytes_are_no_capture_or_an_empty_one()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(4000)];
            random.NextBytes(bytes);
            if (seed % 2 == 0 && bytes.Length > 24)
            {
                Convert.FromHexString(seed % 4 == 0 ? "D4C3B2A1020004000000000000000000FFFF000001000000" : "0A0D0D0A1C0000004D3C2B1A0100000000000000").CopyTo(bytes, 0);
            }

            Run(bytes, $"seed {seed}");
        }
    }

    private static void Flip(byte[] bytes, Random random, int from, int to, int count)
    {
        for (var i = 0; i < count && to > from; i++)
        {
            bytes[random.Next(from, to)] = (byte)random.Next(256);
        }
    }

    private static void Run(byte[] bytes, string what)
    {
        var analyzer = new TrafficAnalyzer(Small, new NullSink());
        try
        {
            var reader = CaptureReader.Open(new MemoryStream(bytes));
            var packets = 0L;
            while (reader.Read(out var packet))
            {
                analyzer.Process(in packet);
                // Each record has at least a header of its own.
                Assert.True(++packets <= bytes.Length, what);
            }

            analyzer.Flush();
        }
        catch (CaptureFormatException e)
        {
            Assert.InRange(e.Offset, 0, bytes.Length + 1);
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
        }

        Assert.InRange(analyzer.Devices, 0, Small.MaxDevices);
    }
}
