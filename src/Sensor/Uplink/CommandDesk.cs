using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Outbox;
using Microsoft.Extensions.Logging;

namespace Culvert.Uplink;

/// <summary>Answers the direct methods of docs/protocols/cloud-services.md.</summary>
internal sealed class CommandDesk(ISensorCommands commands, FileUploader uploader, OutboxStore outbox, TimeProvider clock, ILogger logger)
{
    // One upload at a time: evidence must not crowd out the records.
    private int _uploading;

    /// <summary>Runs a method. Never throws but when cancelled.</summary>
    public async Task<(int Status, byte[] Body)> CallAsync(string name, byte[] payload, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(name, payload, cancellationToken);
        UplinkLog.MethodCalled(logger, name.Length <= 32 && name.All(char.IsAsciiLetterOrDigit) ? name : "an unknown method", answer.Status);
        return answer;
    }

    private async Task<(int Status, byte[] Body)> RunAsync(string name, byte[] payload, CancellationToken cancellationToken)
    {
        if (name == "ping")
        {
            return (200, JsonSerializer.SerializeToUtf8Bytes(new() { ["at"] = clock.GetUtcNow().ToString("O") }, CommandJson.Default.DictionaryStringString));
        }

        try
        {
            var answer = name switch
            {
                "sendHealth" => await commands.SendHealthAsync(cancellationToken),
                "runChecks" => await commands.RunChecksAsync(cancellationToken),
                "uploadEvidence" => await WithAlertAsync(payload, id => UploadAsync(id, cancellationToken)),
                "learnAlert" => await WithAlertAsync(payload, id => commands.LearnAlertAsync(id, cancellationToken)),
                "closeAlert" => await WithAlertAsync(payload, id => commands.CloseAlertAsync(id, cancellationToken)),
                _ => new CommandAnswer(501, "There is no such method."),
            };
            return (answer.Status, answer.ToJson());
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            UplinkLog.StepFailed(logger, "A command of the cloud", e.Message);
            return (500, new CommandAnswer(500, "It failed; see the sensor's log.").ToJson());
        }
    }

    private static async Task<CommandAnswer> WithAlertAsync(byte[] payload, Func<string, Task<CommandAnswer>> run)
    {
        try
        {
            using var json = JsonDocument.Parse(payload);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("alertId", out var id)
                && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 and <= 200 } text)
            {
                return await run(text);
            }
        }
        catch (JsonException)
        {
            // As if the member were missing.
        }

        return new CommandAnswer(400, "Expected {\"alertId\":\"…\"}.");
    }

    private async Task<CommandAnswer> UploadAsync(string alertId, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _uploading, 1) == 1)
        {
            return new CommandAnswer(409, "Another upload is on its way.");
        }

        try
        {
            if (await commands.CutEvidenceAsync(alertId, cancellationToken) is not { } capture)
            {
                return CommandAnswer.NotFound("The alert, or its traffic,");
            }

            await using var content = new FileStream(capture.File, new FileStreamOptions { Access = FileAccess.Read, Options = FileOptions.DeleteOnClose });
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
            content.Position = 0;
            await uploader.UploadAsync(capture.BlobName, content, cancellationToken);
            UplinkLog.EvidenceUploaded(logger, capture.BlobName, content.Length);
            var notice = new EvidenceRecord
            {
                AlertId = alertId,
                BlobName = capture.BlobName,
                Length = content.Length,
                Sha256 = hash,
                CreatedAt = clock.GetUtcNow(),
            };
            await outbox.AppendAsync([OutgoingRecord.From(notice)], null, cancellationToken);
            return new CommandAnswer(200, capture.BlobName);
        }
        finally
        {
            Volatile.Write(ref _uploading, 0);
        }
    }
}
