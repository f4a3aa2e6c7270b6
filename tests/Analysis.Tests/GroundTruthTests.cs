namespace Culvert.Analysis.Tests;

public sealed class GroundTruthTests
{
    [Fact]
    public void Every_capture_is_understood_as_its_ground_truth_says()
    {
        foreach (var capture in Captures.All())
        {
            var name = Path.GetFileNameWithoutExtension(capture);
            foreach (var (kind, what) in GroundTruth.Compare(capture, Captures.Analyze(capture)))
            {
                TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {kind}: {what.Count}: {string.Join(" | ", what.Take(4))}");
            }
        }
    }
}
