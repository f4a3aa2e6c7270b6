using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Cli;

/// <summary>The JSON form of an endpoint list.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CloudEndpointEntry[]))]
internal sealed partial class CheckInputJson : JsonSerializerContext;
