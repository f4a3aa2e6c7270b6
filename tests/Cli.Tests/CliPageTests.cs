using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Culvert.Cli.Tests;

/// <summary>The page of commands and exit statuses names what the program has: no more and no less.</summary>
public sealed class CliPageTests
{
    private static readonly string[] Rows = [.. File.ReadAllLines(Path.Combine(Repository.Root, "docs", "operations", "cli.md")).Where(l => l.StartsWith('|'))];

    [Fact]
    public void The_page_has_every_exit_status_with_its_name()
    {
        var written = Rows.Select(r => Regex.Match(r, @"^\| (\d+) \| (\w+) \|")).Where(m => m.Success)
            .Select(m => (Name: m.Groups[2].Value, Status: int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)));
        Assert.Equal(Statuses().OrderBy(s => s.Status), written.OrderBy(s => s.Status));
    }

    [Fact]
    public void The_page_has_every_command_and_only_statuses_that_are()
    {
        var known = Statuses().Select(s => s.Status).ToHashSet();
        var written = Rows.Select(r => Regex.Match(r, @"^\| `culvert ([a-z -]+)` \| .+ \| ([^|]+) \|$")).Where(m => m.Success).ToArray();
        using var nothing = new StringWriter();
        Assert.Equal(
            Runnable(CulvertCommand.Create(CommandRun.To(nothing), TimeProvider.System), "").Order(StringComparer.Ordinal),
            written.Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));
        foreach (var row in written)
        {
            var statuses = Regex.Matches(row.Groups[2].Value, @"\b\d+\b").Select(m => int.Parse(m.Value, CultureInfo.InvariantCulture)).ToArray();
            Assert.Contains(ExitCode.Fine, statuses);
            Assert.All(statuses, s => Assert.Contains(s, known));
        }
    }

    private static IEnumerable<(string Name, int Status)> Statuses() =>
        typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (f.Name, (int)f.GetRawConstantValue()!));

    /// <summary>Commands that do something by themselves; hidden ones are none of an operator's business.</summary>
    private static IEnumerable<string> Runnable(Command command, string path)
    {
        foreach (var sub in command.Subcommands.Where(c => !c.Hidden))
        {
            var name = $"{path} {sub.Name}".TrimStart();
            if (sub.Action is not null)
            {
                yield return name;
            }

            foreach (var below in Runnable(sub, name))
            {
                yield return below;
            }
        }
    }
}
