using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Lab;

/// <summary>A command to the keeper of a lab, one line of JSON.</summary>
/// <param name="Command">Its name.</param>
/// <param name="Arguments">Its arguments; null where it takes none.</param>
public sealed record KeeperRequest(string Command, JsonObject? Arguments = null);

/// <summary>A line of the keeper's answer. The last one has a status.</summary>
/// <param name="Line">A line for people.</param>
/// <param name="Status">0 done, 1 done and something was found, 4 and 5 not done; null while it goes on.</param>
/// <param name="Result">The result for machines, with the last line.</param>
public sealed record KeeperReply(string? Line = null, int? Status = null, JsonNode? Result = null)
{
    /// <summary>How messages are written.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
