using System.Text.Json.Serialization;

namespace Culvert.SensorHost;

/// <summary>A change from outside that took effect in the analysis of a zone between two packets. Kept, so that an analysis that runs again changes at the same place.</summary>
internal sealed record ZoneOrder
{
    /// <summary>After this packet (from 1; 0 for before the first).</summary>
    public long Position { get; init; }

    /// <summary>Learning or operational.</summary>
    public bool? Learning { get; init; }

    /// <summary>Version of the threat-intelligence package that came into use.</summary>
    public string? Package { get; init; }

    /// <summary>An alert that was learned.</summary>
    public string? LearnAlert { get; init; }

    /// <summary>An alert that was closed.</summary>
    public string? CloseAlert { get; init; }
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ZoneOrder))]
[JsonSerializable(typeof(ZoneMemoryContent))]
internal sealed partial class ZoneJson : JsonSerializerContext;
