using Culvert.Analysis;
using Culvert.PlantSimulator;

namespace Culvert.Cli.Tests;

public sealed class PlantCaptureTests
{
    private static string Capture => Path.Combine(Repository.Samples, "captures/plant.pcap");

    [Fact]
    public void The_capture_in_the_repository_is_what_the_simulator_writes()
    {
        var recording = new Recording();
        new Scenario(recording).Run();
        using var made = new MemoryStream();
        recording.Save(made);

        Assert.True(made.Length < 500 * 1024);
        Assert.Equal(File.ReadAllBytes(Capture), made.ToArray());
    }

    [Fact]
    public void It_shows_the_plants_devices_and_an_alert_of_every_engine()
    {
        var sink = new Findings();
        var analyzer = new TrafficAnalyzer(new AnalyzerOptions { Zone = "cell-1", LearningPeriod = TimeSpan.FromMinutes(4) }, sink);
        using (var file = File.OpenRead(Capture))
        {
            var reader = CaptureReader.Open(file);
            while (reader.Read(out var packet))
            {
                analyzer.Process(packet);
            }
        }

        analyzer.Flush();

        Assert.Equal(0, analyzer.Malformed);
        Assert.Equal(Enum.GetValues<AlertEngine>(), sink.Alerts.Values.Select(a => a.Engine).Distinct().Order());
        Assert.All(Plant.Controllers, c => Assert.Contains(sink.Devices.Values, d => d.ToString().Contains(c.Product, StringComparison.Ordinal)));
    }

    private sealed class Findings : IAnalysisSink
    {
        public Dictionary<string, DeviceRecord> Devices { get; } = [];

        public Dictionary<string, AlertRecord> Alerts { get; } = [];

        public void OnDevice(DeviceRecord device) => Devices[device.Key] = device;

        public void OnAlert(AlertRecord alert) => Alerts[alert.Id] = alert;

        public void OnTraffic(TrafficRecord traffic)
        {
        }
    }
}
