using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Storage.Sqlite;

/// <summary>Merging and reading of twin documents.</summary>
internal static class TwinJson
{
    /// <summary>Applies a merge patch (RFC 7396) to an object.</summary>
    /// <param name="target">The object; changed in place.</param>
    /// <param name="patch">The patch.</param>
    public static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject inner:
                    if (target[name] is not JsonObject held)
                    {
                        held = [];
                        target[name] = held;
                    }

                    Merge(held, inner);
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }
    }

    /// <summary>What a sensor reported, as far as it has our form; null where an official client reports another one.</summary>
    /// <param name="json">The reported part.</param>
    public static ReportedProperties? ReadReported(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, CulvertJson.Default.ReportedProperties);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
