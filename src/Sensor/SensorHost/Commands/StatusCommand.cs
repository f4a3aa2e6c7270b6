using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Uplink;

namespace Culvert.SensorHost;

/// <summary><c>culvert-sensor status</c>: what the sensor is and how it was last, as JSON. Works beside a running sensor and asks it nothing.</summary>
internal static class StatusCommand
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    public static Command Build()
    {
        var data = SensorCommands.DataOption();
        var command = new Command("status", "Says as JSON what the sensor is and how it was last.") { data };
        command.SetAction(result =>
        {
            var folder = new SensorFolder(result.GetValue(data)!);
            using var output = Console.OpenStandardOutput();
            Write(Describe(folder), output);
            output.WriteByte((byte)'\n');
            return SensorExit.Done;
        });
        return command;
    }

    /// <summary>The status of a data folder.</summary>
    internal static JsonObject Describe(SensorFolder folder)
    {
        var (activation, mistakes) = SensorIdentity.ReadActivation(folder);
        var health = DurableFile.TryReadJson(folder.Status, CulvertJson.Default.HealthRecord);
        var status = new JsonObject
        {
            ["version"] = SensorVersion.Text,
            ["activated"] = activation is not null,
            ["running"] = folder.IsInUse(),
        };
        if (activation is not null)
        {
            status["sensor"] = activation.Sensor;
            status["site"] = activation.Site;
            status["zone"] = activation.Zone;
            status["endpoints"] = new JsonArray([.. activation.Endpoints.Select(e => (JsonNode)$"{JsonNamingPolicy.CamelCase.ConvertName(e.Service.ToString())}={e.ToEndpoint().Address}")]);
        }

        if (mistakes.Count > 0)
        {
            // Activated once, but what was kept of it cannot be used: culvert-sensor run says the same and does not start.
            status["activationMistakes"] = new JsonArray([.. mistakes.Select(m => (JsonNode)m)]);
        }

        if (health is not null)
        {
            status["health"] = JsonSerializer.SerializeToNode(health, CulvertJson.Default.HealthRecord);
        }

        return status;
    }

    private static void Write(JsonObject status, Stream output)
    {
        using var writer = new Utf8JsonWriter(output, Indented);
        status.WriteTo(writer);
    }
}
