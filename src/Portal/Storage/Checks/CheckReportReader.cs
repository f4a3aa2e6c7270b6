using System.Text;
using System.Text.Json;

namespace Culvert.Storage;

/// <summary>Reads as much of a check's report as is needed to list it; the rest is kept as it came.</summary>
public static class CheckReportReader
{
    /// <summary>What says that a JSON object is such a report.</summary>
    public const string Kind = "culvert-check";

    private const int MaxOutcomeLength = 40;

    /// <summary>Reads a report; null when it is none, or too long.</summary>
    /// <param name="sensor">Who sent it.</param>
    /// <param name="report">UTF-8 JSON.</param>
    /// <param name="askedBy">Who asked for it; null where that is not known.</param>
    /// <param name="at">Now.</param>
    public static CheckEntry? Read(string sensor, ReadOnlyMemory<byte> report, string? askedBy, DateTimeOffset at)
    {
        if (report.Length > ICheckStore.MaxBytes)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(report);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && Text(root, "kind") == Kind
                && root.TryGetProperty("startedAt", out var started) && started.ValueKind == JsonValueKind.String && started.TryGetDateTimeOffset(out var startedAt)
                && Text(root, "outcome") is { Length: > 0 and <= MaxOutcomeLength } outcome && outcome.All(char.IsAsciiLetterOrDigit)
                ? new CheckEntry { Sensor = sensor, StartedAt = startedAt, ReceivedAt = at, AskedBy = askedBy, Outcome = outcome, Report = Encoding.UTF8.GetString(report.Span) }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
