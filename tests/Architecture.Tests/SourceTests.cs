namespace Culvert.Architecture.Tests;

/// <summary>A file that one reads in one go: where it grows beyond that, it does two things.</summary>
public sealed class SourceTests
{
    private const int MaxLines = 500;

    [Fact]
    public void No_source_file_is_longer_than_one_reads_in_one_go() => Assert.Empty(
        Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .Select(f => (Name: Path.GetRelativePath(RepositoryRoot.Path, f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > MaxLines).Select(f => $"{f.Name}: {f.Lines} lines, at most {MaxLines}"));
}
