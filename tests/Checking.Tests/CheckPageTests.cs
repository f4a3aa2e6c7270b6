using System.Text;
using System.Text.Json;
using Culvert.Checking.Tests.Faults;

namespace Culvert.Checking.Tests;

/// <summary>The page for operators has the very table of faults that the tests show.</summary>
public sealed class CheckPageTests
{
    private const string Mark = "<!-- table: written by CULVERT_WRITE_CHECK_TABLE=1 -->\n";

    [Fact]
    public void The_page_has_the_table_of_faults()
    {
        var path = Path.Combine(Repository.Root, "docs/operations/check.md");
        var page = File.ReadAllText(path);
        var expected = page[..(page.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)] + Table();
        if (Environment.GetEnvironmentVariable("CULVERT_WRITE_CHECK_TABLE") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.ReadAllText(path));
    }

    [Fact]
    public void Every_fault_has_a_name_of_its_own() => Assert.Equal(FaultTable.All.Count, FaultTable.All.Select(f => f.Name).Distinct().Count());

    private static string Table()
    {
        var text = new StringBuilder("\n| fault | named | cause | towards | who must act |\n|---|---|---|---|---|\n");
        foreach (var fault in FaultTable.All)
        {
            text.Append($"| {fault.Name} | {fault.Target} | {Word(fault.Cause)} | {fault.Towards ?? ""} | {Cli.CheckWords.Team(fault.Actor)} |\n");
        }

        text.Append("\n## Two faults at once\n\nEach line is a test: all that can be seen is named, and no hop that is well.\n\n| faults | named |\n|---|---|\n");
        foreach (var pair in FaultPairs.All)
        {
            text.Append($"| {pair.Name} | {string.Join("; ", pair.Expected.Select(Named))} |\n");
        }

        return text.ToString();
    }

    private static string Named(PairedFault fault) =>
        $"{(fault.Route.Length == 0 ? "" : $"{fault.Route}: ")}{(fault.Target.Length == 0 ? "" : $"{fault.Target} ")}{Word(fault.Cause)}{(fault.Towards is null ? "" : $" towards {fault.Towards}")}";

    private static string Word(Cause cause) => JsonNamingPolicy.CamelCase.ConvertName(cause.ToString());
}
