namespace Culvert.Analysis.Tests;

/// <summary>One alert of each engine, from frames made by hand, and what learning and closing do to it.</summary>
public sealed class EnginesTests
{
    private const string HmiMac = "02:00:00:00:00:01";
    private const string PlcMac = "02:00:00:00:00:02";

    public static TheoryData<string, string, AlertEngine> Scenarios => new()
    {
        { "new device", "new-asset-detected", AlertEngine.PolicyViolation },
        { "function never seen", "unpermitted-modbus-function", AlertEngine.PolicyViolation },
        { "too many registers", "illegal-modbus-operation", AlertEngine.ProtocolViolation },
        { "eicar", "eicar-test-file", AlertEngine.Malware },
        { "port scan", "port-scan", AlertEngine.Anomaly },
        { "restart", "controller-restart", AlertEngine.Operational },
    };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Each_engine_gives_its_alert(string scenario, string type, AlertEngine engine)
    {
        var (sink, analyzer, feed) = LearnOneRead();
        Play(feed, scenario);
        analyzer.Flush();
        var alert = Assert.Single(sink.Alerts.Values, a => a.Type == type);
        Assert.Equal(engine, alert.Engine);
        Assert.Equal("z", alert.Zone);
        Assert.NotEqual(default, alert.FirstDetection);
        Assert.NotEmpty(alert.Message);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void What_happens_again_counts_and_does_not_open_another(string scenario, string type, AlertEngine engine)
    {
        var (sink, analyzer, feed) = LearnOneRead();
        Play(feed, scenario);
        Play(feed, scenario);
        analyzer.Flush();
        var alert = Assert.Single(sink.Alerts.Values, a => a.Type == type);
        Assert.Equal(engine, alert.Engine);

        // Closed, the same thing is a new alert; learned, it is none.
        Assert.True(analyzer.CloseAlert(alert.Id));
        Assert.False(analyzer.CloseAlert(alert.Id));
        Assert.Null(analyzer.LearnAlert("no such alert"));
    }

    // What is normal here: one read of registers; everything else is news.
    private static (CollectingSink Sink, TrafficAnalyzer Analyzer, Feed Feed) LearnOneRead()
    {
        var sink = new CollectingSink();
        var analyzer = new TrafficAnalyzer(new AnalyzerOptions { Zone = "z", Learning = true }, sink);
        var feed = new Feed(analyzer);
        feed.Ask(3, [0, 0, 0, 2], [4, 0, 1, 0, 2]);
        analyzer.Learning = false;
        return (sink, analyzer, feed);
    }

    private static void Play(Feed feed, string scenario)
    {
        switch (scenario)
        {
            case "new device":
                feed.Send(Frames.Udp("02:00:00:00:00:77", "10.1.0.77", 5000, PlcMac, "10.1.0.2", 5001, [1, 2, 3]));
                break;
            case "function never seen":
                feed.Ask(16, [0, 0, 0, 1, 2, 0, 5], [0, 0, 0, 1]);
                break;
            case "too many registers":
                feed.Ask(3, [0, 0, 1, 0], [2, 0, 0]);
                break;
            case "eicar":
                feed.Send(Frames.Tcp(
                    HmiMac, "10.1.0.1", 41000, PlcMac, "10.1.0.2", 8081, System.Text.Encoding.ASCII.GetBytes(@"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"), 1));
                break;
            case "port scan":
                for (var port = 1; port < 200; port++)
                {
                    feed.Send(Frames.Tcp(HmiMac, "10.1.0.1", 42000, PlcMac, "10.1.0.2", port, [], 1, flags: 2));
                }

                break;
            default:
                feed.Ask(8, [0, 1, 0, 0], [0, 1, 0, 0]);
                break;
        }
    }

    private sealed class Feed(TrafficAnalyzer analyzer)
    {
        private long _ticks = new DateTime(2026, 11, 24, 8, 0, 0, DateTimeKind.Utc).Ticks;
        private uint _asked = 1;
        private uint _answered = 1;
        private int _transaction;

        public void Send(byte[] frame)
        {
            var packet = new CapturedPacket(LinkType.Ethernet, _ticks += TimeSpan.TicksPerMillisecond, frame, frame.Length);
            analyzer.Process(in packet);
        }

        public void Ask(int function, byte[] request, byte[] answer)
        {
            var (asks, answers) = (Frames.Modbus(++_transaction, 1, function, request), Frames.Modbus(_transaction, 1, function, answer));
            Send(Frames.Tcp(HmiMac, "10.1.0.1", 40000, PlcMac, "10.1.0.2", 502, asks, _asked));
            Send(Frames.Tcp(PlcMac, "10.1.0.2", 502, HmiMac, "10.1.0.1", 40000, answers, _answered));
            (_asked, _answered) = (_asked + (uint)asks.Length, _answered + (uint)answers.Length);
        }
    }
}
