using System.Text.Json;

namespace Culvert.PortalHost.Components.Parts;

/// <summary>A part of a JSON document that another program wrote: every question has an answer, whatever is really there.</summary>
/// <param name="element">The part.</param>
internal readonly struct ReportNode(JsonElement element)
{
    // More than any report has; a page stays a page.
    private const int MaxItems = 200;

    /// <summary>Reads a document; null when it is no JSON object.</summary>
    /// <param name="json">The text.</param>
    public static ReportNode? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? new ReportNode(document.RootElement.Clone()) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The node itself as text.</summary>
    public string Value() => element.ValueKind == JsonValueKind.String ? element.GetString()! : element.ToString();

    /// <summary>A member as text; null when it is not there.</summary>
    /// <param name="name">Its name.</param>
    public string? Text(string name) => Member(name) is { ValueKind: JsonValueKind.String or JsonValueKind.Number } member ? member.ToString() : null;

    /// <summary>A member as a number; null when it is none.</summary>
    /// <param name="name">Its name.</param>
    public double? Number(string name) => Member(name) is { ValueKind: JsonValueKind.Number } member && member.TryGetDouble(out var value) ? value : null;

    /// <summary>Whether a member is true.</summary>
    /// <param name="name">Its name.</param>
    public bool Flag(string name) => Member(name) is { ValueKind: JsonValueKind.True };

    /// <summary>A member that is an object; null when it is none.</summary>
    /// <param name="name">Its name.</param>
    public ReportNode? Node(string name) => Member(name) is { ValueKind: JsonValueKind.Object } member ? new ReportNode(member) : null;

    /// <summary>The items of a member; none when it is no list.</summary>
    /// <param name="name">Its name.</param>
    public IReadOnlyList<ReportNode> List(string name) =>
        Member(name) is { ValueKind: JsonValueKind.Array } member ? [.. member.EnumerateArray().Take(MaxItems).Select(e => new ReportNode(e))] : [];

    private JsonElement? Member(string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : null;
}
