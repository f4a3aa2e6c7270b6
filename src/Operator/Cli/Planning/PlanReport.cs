using System.Globalization;
using Culvert.Planning;
using Spectre.Console;

namespace Culvert.Cli;

/// <summary>What a person reads of a plan.</summary>
internal static class PlanReport
{
    public static void ShowAdvice(MethodAdvice advice, Output output)
    {
        output.Marked($"The method that fits is [bold]{Word(advice.Method)}[/]{(advice.Interconnect is { } i ? $", joined by [bold]{Word(i)}[/]" : "")}.");
        foreach (var reason in advice.Reasons)
        {
            output.Line($"  + {reason}");
        }

        foreach (var other in advice.Alternatives)
        {
            output.Line($"  - {Word(other.Method)}: {other.Against}");
        }

        foreach (var other in advice.OtherInterconnects)
        {
            output.Line($"  - {Word(other.Interconnect)}: {other.Against}");
        }
    }

    public static void ShowFlows(IReadOnlyList<PlannedFlow> flows, Output output)
    {
        output.Line();
        var table = new Table().Border(TableBorder.Simple).AddColumns("from", "zone", "to", "zone", "port", "reason");
        foreach (var f in flows)
        {
            var port = f.Port == 0 ? Word(f.Protocol) : string.Create(CultureInfo.InvariantCulture, $"{Word(f.Protocol)}/{f.Port}");
            table.AddRow(((string[])[f.From, f.FromZone, f.To, f.ToZone, port, f.Reason]).Select(Markup.Escape).ToArray());
        }

        output.Console.Write(table);
    }

    public static void ShowChanges(string folder, IReadOnlyList<PlanChange> changes, Output output)
    {
        output.Line();
        output.Line(changes.Count == 0 ? $"{folder}: nothing has changed since the last time." : $"{folder}:");
        foreach (var change in changes)
        {
            output.Line(string.Create(CultureInfo.InvariantCulture, $"  {Word(change.Kind),-8} {change.Path} (+{change.LinesAdded} -{change.LinesRemoved})"));
        }
    }

    public static string Word<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
