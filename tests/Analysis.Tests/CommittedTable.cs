namespace Culvert.Analysis.Tests;

/// <summary>What was found, compared line by line with a table beside the tests. Lines that begin with # explain a class of lines and are not compared.</summary>
internal static class CommittedTable
{
    public static void Check(string name, IEnumerable<(string Line, string Detail)> found)
    {
        var now = found.ToList();
        var file = Path.Combine(AppContext.BaseDirectory, "Tables", name);
        var kept = File.ReadAllLines(file).Where(l => l.Length > 0 && l[0] != '#').ToHashSet();
        // Where the table is to be renewed on purpose.
        if (Environment.GetEnvironmentVariable("CULVERT_WRITE_TABLES") is { Length: > 0 } folder)
        {
            File.WriteAllLines(Path.Combine(folder, name), now.Select(l => $"{l.Line}\t{l.Detail}"));
        }

        var differing = now.Where(l => !kept.Contains(l.Line)).Select(l => $"+ {l.Line}  ({l.Detail})").Concat(kept.Except(now.Select(l => l.Line)).Select(l => $"- {l}")).ToList();
        Assert.True(differing.Count == 0, $"{name} says otherwise:\n{string.Join('\n', differing)}");
    }
}
