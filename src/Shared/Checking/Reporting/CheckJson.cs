using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;

namespace Culvert.Checking;

/// <summary>The JSON form of a report: camelCase names, enums as camelCase words, nulls left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CheckReport))]
public sealed partial class CheckJson : JsonSerializerContext
{
    /// <summary>The JSON schema of a report.</summary>
    public static JsonNode Schema() => Default.Options.GetJsonSchemaAsNode(typeof(CheckReport));
}
