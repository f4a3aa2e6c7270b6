using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Checking;

/// <summary>Members of an enum as camelCase words.</summary>
internal sealed class WordConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;
