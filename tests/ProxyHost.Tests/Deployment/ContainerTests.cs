using System.Text.RegularExpressions;

namespace Culvert.ProxyHost.Tests.Deployment;

/// <summary>The container file: what a linter would ask of it, and the same layout run by hand.</summary>
public sealed partial class ContainerTests
{
    private static readonly string[] Instructions = [.. DeployFolder.Read("container", "Containerfile").Split('\n').Where(l => l.Length > 0 && !l.StartsWith('#'))];

    private static string[] LastStage => Instructions[Array.FindLastIndex(Instructions, l => l.StartsWith("FROM ", StringComparison.Ordinal))..];

    [Fact]
    public void Every_base_image_has_a_version() =>
        Assert.All(Instructions.Where(l => l.StartsWith("FROM ", StringComparison.Ordinal)), l => Assert.Matches(VersionedImage(), l));

    [Fact]
    public void What_is_shipped_has_no_shell_and_no_build_tools()
    {
        Assert.Contains("chiseled", LastStage[0], StringComparison.Ordinal);
        Assert.DoesNotContain(LastStage, l => l.StartsWith("RUN ", StringComparison.Ordinal));
        Assert.Equal(["COPY --from=build /out/culvert-proxy /usr/bin/culvert-proxy"], LastStage.Where(l => l.StartsWith("COPY ", StringComparison.Ordinal) || l.StartsWith("ADD ", StringComparison.Ordinal)));
    }

    [Fact]
    public void It_runs_as_a_numeric_user_that_is_not_root_and_starts_without_a_shell()
    {
        Assert.Contains("USER 64198:64198", LastStage);
        Assert.Contains("ENTRYPOINT [\"/usr/bin/culvert-proxy\"]", LastStage);
        Assert.Contains("STOPSIGNAL SIGTERM", LastStage);
    }

    [Fact]
    public void Installing_leaves_no_package_lists() =>
        Assert.All(Instructions.Where(l => l.Contains("apt-get install", StringComparison.Ordinal)), l =>
        {
            Assert.Contains("--no-install-recommends", l, StringComparison.Ordinal);
            Assert.Contains("rm -rf /var/lib/apt/lists/*", l, StringComparison.Ordinal);
        });

    [Fact(Timeout = 300_000)]
    public Task The_layout_works_with_a_read_only_root_and_without_capabilities() => DeployFolder.TryAsync("try-proxy-container.sh");

    [GeneratedRegex(@"^FROM \S+:\d+\.\d+\S*( AS \w+)?$")]
    private static partial Regex VersionedImage();
}
