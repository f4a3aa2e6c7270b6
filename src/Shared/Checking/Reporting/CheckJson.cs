using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;

namespace Culvert.Checking;

/// <summary>The JSON form of a report: camelCase names, enums as camelCase words, nulls left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(WordConverter<CheckOutcome>), typeof(WordConverter<Severity>), typeof(WordConverter<FindingKind>), typeof(WordConverter<Confidence>),
        typeof(WordConverter<ActingTeam>), typeof(WordConverter<Cause>), typeof(WordConverter<Stage>), typeof(WordConverter<HopReach>), typeof(WordConverter<CloudService>),
    ])]
[JsonSerializable(typeof(CheckReport))]
public sealed partial class CheckJson : JsonSerializerContext
{
    /// <summary>The same on one line.</summary>
    public static CheckJson OneLine => field ??= new(new JsonSerializerOptions(Default.Options) { WriteIndented = false });

    /// <summary>The JSON schema of a report.</summary>
    public static JsonNode Schema() => Default.Options.GetJsonSchemaAsNode(typeof(CheckReport));
}
