using System.Text.Json.Serialization;

namespace Culvert.Uplink;

/// <summary>What is kept of the cloud's settings over a restart.</summary>
internal sealed record SettingsState
{
    /// <summary>Version of the desired properties that are in force; 0 before the first.</summary>
    public long Version { get; init; }

    /// <summary>The desired properties in force.</summary>
    public DesiredProperties Applied { get; init; } = new();

    /// <summary>Those before, to go back to; null when the ones in force have proved themselves.</summary>
    public DesiredProperties? Previous { get; init; }

    /// <summary>Version of <see cref="Previous"/>.</summary>
    public long PreviousVersion { get; init; }

    /// <summary>A version that was refused or rolled back: not tried again.</summary>
    public long? RefusedVersion { get; init; }

    /// <summary>Why.</summary>
    public string? Error { get; init; }
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(SettingsState))]
internal sealed partial class SettingsJson : JsonSerializerContext;
