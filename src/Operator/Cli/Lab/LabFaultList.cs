using Culvert.Lab;
using Spectre.Console;

namespace Culvert.Cli;

/// <summary>Shows what faults there are.</summary>
internal static class LabFaultList
{
    public static void Show(Output output)
    {
        foreach (var fault in LabFault.All)
        {
            output.Marked($"[bold]{Markup.Escape(fault.Name)}[/]  {Markup.Escape(fault.Description)}");
            output.Line($"    at: {fault.Where}");
            if (fault.Value is { } takes)
            {
                output.Line($"    value: {takes.Default} by default; {takes.Form}");
            }

            if (fault.Needs.Length > 0)
            {
                output.Line($"    needs: {fault.Needs}");
            }
        }
    }
}
