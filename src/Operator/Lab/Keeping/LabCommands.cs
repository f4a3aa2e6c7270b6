using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Lab;

/// <summary>What the keeper of a lab can be asked, by name.</summary>
internal static class LabCommands
{
    public delegate Task<(int Status, JsonNode? Result)> Run(LabRuntime lab, JsonObject arguments, Action<string> line, CancellationToken cancellationToken);

    public static IReadOnlyDictionary<string, Run> All { get; } = new Dictionary<string, Run>(StringComparer.Ordinal)
    {
        ["up"] = async (lab, _, line, cancellation) =>
        {
            await lab.UpAsync(line, cancellation);
            return (0, null);
        },
        ["scale"] = async (lab, arguments, line, cancellation) =>
        {
            await lab.ScaleAsync((string)arguments["pool"]!, (int)arguments["count"]!, line, cancellation);
            return (0, null);
        },
        ["status"] = async (lab, _, _, cancellation) => (0, JsonSerializer.SerializeToNode(await lab.StatusAsync(cancellation), KeeperReply.Json)),
    };
}
