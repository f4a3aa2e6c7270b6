using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert;

/// <summary>The one JSON form of what crosses the wire: camelCase names, enums as camelCase words, nulls left out, unknown members ignored so that older and newer versions understand each other.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    // A null where the type has none is a mistake of the sender, found here and not in a database.
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RecordEnvelope))]
[JsonSerializable(typeof(RecordEnvelope[]))]
[JsonSerializable(typeof(DeviceRecord))]
[JsonSerializable(typeof(AlertRecord))]
[JsonSerializable(typeof(HealthRecord))]
[JsonSerializable(typeof(TrafficRecord))]
[JsonSerializable(typeof(EvidenceRecord))]
[JsonSerializable(typeof(Trace))]
[JsonSerializable(typeof(ActivationFile))]
[JsonSerializable(typeof(ActivationContent))]
[JsonSerializable(typeof(EnrolmentRequest))]
[JsonSerializable(typeof(EnrolmentAnswer))]
[JsonSerializable(typeof(Refusal))]
[JsonSerializable(typeof(DesiredProperties))]
[JsonSerializable(typeof(ReportedProperties))]
[JsonSerializable(typeof(PackageManifest))]
[JsonSerializable(typeof(SignedPackageManifest))]
public sealed partial class CulvertJson : JsonSerializerContext;
