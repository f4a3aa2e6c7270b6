using Culvert.Lab;
using Spectre.Console;

namespace Culvert.Cli;

/// <summary>Shows how a lab does.</summary>
internal static class LabStatusView
{
    public static void Show(LabStatus status, Output output)
    {
        output.Marked($"lab [bold]{Markup.Escape(status.Name)}[/]: {Markup.Escape(status.Site)}");
        var table = new Table().Border(TableBorder.Simple).AddColumns("host", "what", "zone", "addresses", "programs");
        foreach (var host in status.Hosts)
        {
            var programs = string.Join(", ", host.Programs.Select(p => p.Runs ? p.Name : $"{p.Name} (ended)"));
            table.AddRow(((string[])[host.Name, host.Kind.ToString(), host.Zone, string.Join(' ', host.Addresses), programs]).Select(Markup.Escape).ToArray());
        }

        output.Console.Write(table);
        foreach (var pool in status.Pools)
        {
            output.Line($"pool {pool.Name}: {string.Join(", ", pool.Members.Select(m => $"{m.Name}{(m.Tunnels is { } t ? $" {t} tunnels" : "")}{(m.IsWell ? "" : " NOT well")}"))}");
            foreach (var scaled in pool.Scaling ?? [])
            {
                output.Line($"  {scaled}");
            }
        }

        foreach (var line in status.Links.Concat(status.Faults.Select(f => $"fault: {f}")))
        {
            output.Line(line);
        }
    }
}
