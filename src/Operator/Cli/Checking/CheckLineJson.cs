using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Checking;

namespace Culvert.Cli;

/// <summary>A report on one line.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CheckReport))]
internal sealed partial class CheckLineJson : JsonSerializerContext;
