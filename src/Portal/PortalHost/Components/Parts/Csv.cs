using System.Text;

namespace Culvert.PortalHost.Components.Parts;

/// <summary>A table as comma-separated values (RFC 4180), safe to open in a spreadsheet.</summary>
internal sealed class Csv
{
    private readonly StringBuilder _text = new();

    /// <summary>Begins a table.</summary>
    /// <param name="columns">Its header.</param>
    public Csv(params ReadOnlySpan<string?> columns) => Add(columns);

    /// <summary>Adds a row.</summary>
    /// <param name="cells">Its cells.</param>
    public void Add(params ReadOnlySpan<string?> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            _text.Append(i == 0 ? "" : ",").Append(Cell(cells[i]));
        }

        _text.Append("\r\n");
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    // A cell that begins with one of these is run as a formula by spreadsheets; a quote before it makes it text.
    private static string Cell(string? value) =>
        $"\"{(value is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" : "")}{value?.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
