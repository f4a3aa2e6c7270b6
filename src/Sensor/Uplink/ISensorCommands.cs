using System.Text.Json;

namespace Culvert.Uplink;

/// <summary>What the cloud can tell the sensor to do, besides <c>ping</c>. Implemented by the host.</summary>
public interface ISensorCommands
{
    /// <summary>Makes a health record now.</summary>
    Task<CommandAnswer> SendHealthAsync(CancellationToken cancellationToken);

    /// <summary>Checks every way to every endpoint; the answer is the report.</summary>
    Task<CommandAnswer> RunChecksAsync(CancellationToken cancellationToken);

    /// <summary>Cuts out the traffic behind an alert; null where the alert or its traffic is not known any more.</summary>
    Task<EvidenceCapture?> CutEvidenceAsync(string alertId, CancellationToken cancellationToken);

    /// <summary>Learns the traffic behind an alert as permitted.</summary>
    Task<CommandAnswer> LearnAlertAsync(string alertId, CancellationToken cancellationToken);

    /// <summary>Closes an alert: the same traffic opens a new one.</summary>
    Task<CommandAnswer> CloseAlertAsync(string alertId, CancellationToken cancellationToken);
}

/// <summary>The answer to a command.</summary>
/// <param name="Status">200 done, 404 not known, 409 not possible now, 500 failed.</param>
/// <param name="Message">For people; null where the status says all.</param>
public sealed record CommandAnswer(int Status, string? Message = null)
{
    /// <summary>Done.</summary>
    public static CommandAnswer Done { get; } = new(200);

    /// <summary>Not known.</summary>
    public static CommandAnswer NotFound(string what) => new(404, $"{what} is not known here.");

    /// <summary>The whole body where it is more than a message; null otherwise.</summary>
    public byte[]? Json { get; init; }

    /// <summary>As the body of the answer.</summary>
    internal byte[] ToJson() => Json ?? JsonSerializer.SerializeToUtf8Bytes(Message is null ? [] : new Dictionary<string, string> { ["message"] = Message }, CommandJson.Default.DictionaryStringString);
}

/// <summary>Traffic cut out as evidence.</summary>
/// <param name="File">A capture file that the uploader may delete afterwards.</param>
/// <param name="BlobName">Its name in blob storage.</param>
public sealed record EvidenceCapture(string File, string BlobName);

[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class CommandJson : System.Text.Json.Serialization.JsonSerializerContext;
