using System.Reflection;

namespace Culvert.SensorHost.Tests;

public sealed class DocumentationTests
{
    [Fact]
    public void Every_exit_status_is_explained()
    {
        var page = Repository.Doc("sensor.md");

        Assert.All(
            typeof(SensorExit).GetFields(BindingFlags.Public | BindingFlags.Static),
            f => Assert.Contains($"| {f.GetRawConstantValue()} |", page, StringComparison.Ordinal));
    }
}
