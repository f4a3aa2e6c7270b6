using Culvert.PlantSimulator;

namespace Culvert.Cli.Tests;

public sealed class PlantCaptureTests
{
    [Fact]
    public void The_capture_in_the_repository_is_what_the_simulator_writes()
    {
        var recording = new Recording();
        new Scenario(recording).Run();
        using var made = new MemoryStream();
        recording.Save(made);

        Assert.True(made.Length < 500 * 1024);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Repository.Samples, "captures/plant.pcap")), made.ToArray());
    }
}
