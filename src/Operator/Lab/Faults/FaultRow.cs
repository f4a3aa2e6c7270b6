using System.Globalization;
using System.Text;

namespace Culvert.Lab;

/// <summary>A row of the table of faults.</summary>
/// <param name="Fault">The fault, or several.</param>
/// <param name="At">Where it was made.</param>
/// <param name="Named">The cause that the check named.</param>
/// <param name="Where">Where the check saw it.</param>
/// <param name="AsExpected">Whether hop and cause are right.</param>
/// <param name="Summary">The check's own words.</param>
/// <param name="Seconds">How long fault and check took.</param>
public sealed record FaultRow(string Fault, string At, string Named, string Where, bool AsExpected, string Summary, double Seconds)
{
    /// <summary>The table for docs and people.</summary>
    public static string Markdown(IReadOnlyList<FaultRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var text = new StringBuilder("| fault | at | `culvert check` named | where | as expected | s |\n|---|---|---|---|---|---|\n");
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Fault} | {row.At} | {row.Named} | {row.Where} | {(row.AsExpected ? "yes" : "**no**")} | {row.Seconds:0} |\n");
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(AsExpected ? "ok    " : "WRONG ")} {Fault} at {At}: {Named}{(Where.Length > 0 ? $" at {Where}" : "")}{(AsExpected ? "" : $": {Summary}")}";
}
