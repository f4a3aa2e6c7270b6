namespace Culvert.Cli.Tests;

public sealed class CaptureFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void The_plants_capture_is_one() => Assert.Null(CaptureFile.Complaint(Path.Combine(Repository.Samples, "captures/plant.pcap")));

    [Theory]
    [InlineData(new byte[0], "is empty")]
    [InlineData(new byte[] { 1, 2 }, "is no capture")]
    [InlineData(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }, "is no capture")]
    [InlineData(new byte[] { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0 }, "is cut off")]
    [InlineData(new byte[] { 0x1f, 0x8b, 8, 0, 0, 0 }, "gunzip")]
    public void What_is_wrong_with_others_is_said(byte[] content, string expected)
    {
        File.WriteAllBytes(_file, content);
        Assert.Contains(expected, CaptureFile.Complaint(_file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() => Assert.Equal("/nowhere/x.pcap does not exist.", CaptureFile.Complaint("/nowhere/x.pcap"));

    [Fact]
    public void A_folder_is_not_taken_for_a_file() => Assert.Contains("is a folder", CaptureFile.Complaint(Path.GetTempPath()), StringComparison.Ordinal);

    public void Dispose() => File.Delete(_file);
}
