using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.CloudServices;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Changes of sensors: place, settings, commands, identity; each written down.</summary>
public sealed class SensorAdministration(IPortalStore store, SensorLinks links, AuditTrail audit, ChangeFeed changes, TimeProvider clock)
{
    /// <summary>Lowest bandwidth cap, kbit/s.</summary>
    public const int MinBandwidthCapKbps = 350;

    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(30);

    // A sensor answers within 25 seconds, with the report or with 202; its way may be slow.
    private static readonly TimeSpan CheckLimit = TimeSpan.FromMinutes(1);

    /// <summary>Moves a sensor, or changes whether packages go to it by themselves.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="site">Its site from now on.</param>
    /// <param name="zone">Its zone from now on.</param>
    /// <param name="automatic">Whether packages go to it as they come.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoreOutcome> UpdateAsync(string name, string site, string zone, bool automatic, Actor actor, CancellationToken cancellationToken) => await NoteAsync(
        await store.Sensors.UpdateAsync(name, site, zone, automatic, cancellationToken), name, "sensor.update", $"{site}/{zone}, threat-intelligence updates {(automatic ? "automatic" : "manual")}", actor, cancellationToken);

    /// <summary>Takes a sensor's identity away and ends its link at once.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoreOutcome> RevokeAsync(string name, Actor actor, CancellationToken cancellationToken)
    {
        var outcome = await NoteAsync(await store.Sensors.RevokeAsync(name, clock.GetUtcNow(), cancellationToken), name, "sensor.revoke", "", actor, cancellationToken);
        await links.DisconnectAsync(name);
        return outcome;
    }

    /// <summary>Revokes and removes a sensor with its devices and alerts.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoreOutcome> DeleteAsync(string name, Actor actor, CancellationToken cancellationToken)
    {
        var outcome = await NoteAsync(await store.Sensors.DeleteAsync(name, clock.GetUtcNow(), cancellationToken), name, "sensor.delete", "", actor, cancellationToken);
        await links.DisconnectAsync(name);
        return outcome;
    }

    /// <summary>Gives a sensor a new symmetric key, for official Azure IoT clients.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The key in base64, shown this once; null when there is no such sensor or it was revoked.</returns>
    public async Task<string?> CreateSymmetricKeyAsync(string name, Actor actor, CancellationToken cancellationToken)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var outcome = await NoteAsync(await store.Sensors.SetSymmetricKeyAsync(name, key, cancellationToken), name, "sensor.createKey", "", actor, cancellationToken);
        return outcome == StoreOutcome.Done ? Convert.ToBase64String(key) : null;
    }

    /// <summary>Changes desired properties (merge patch, null removes) and tells the sensor.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="patch">The patch.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChangeOutcome<Twin>> DesireAsync(string name, JsonObject patch, Actor actor, CancellationToken cancellationToken)
    {
        if (CheckDesired(patch) is { Count: > 0 } mistakes)
        {
            return ChangeOutcome<Twin>.Refused(StoreOutcome.Conflict, mistakes);
        }

        if (await store.Twins.PatchDesiredAsync(name, patch, cancellationToken) is not { } twin)
        {
            return ChangeOutcome<Twin>.Refused(StoreOutcome.NotFound, $"There is no sensor '{name}', or its desired properties would be larger than 32 KiB.");
        }

        var text = patch.ToJsonString();
        var words = AuditWords.Of(patch);
        await NoteAsync(StoreOutcome.Done, name, "sensor.desire", words.Length <= 500 ? words : words[..500], actor, cancellationToken);
        changes.Publish(ChangeKind.Twin, name);
        await links.PushDesiredAsync(name, text, twin.DesiredVersion);
        return ChangeOutcome<Twin>.Done(twin);
    }

    /// <summary>Lets a connected sensor check its ways, hop by hop, and keeps its report.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The report, or why there is none.</returns>
    public async Task<ChangeOutcome<CheckEntry>> CheckAsync(string name, Actor actor, CancellationToken cancellationToken)
    {
        var result = await links.InvokeAsync(name, "runChecks", "{}", CheckLimit, cancellationToken);
        await NoteAsync(StoreOutcome.Done, name, "sensor.check", AuditWords.Of(result), actor, cancellationToken);
        if (result.Outcome != MethodOutcome.Answered)
        {
            return ChangeOutcome<CheckEntry>.Refused(
                StoreOutcome.Conflict, result.Outcome == MethodOutcome.NotConnected ? "The sensor is not connected." : $"The sensor did not answer within {CheckLimit.TotalSeconds:0} seconds.");
        }

        if (result.Status == StatusCodes.Status202Accepted)
        {
            return ChangeOutcome<CheckEntry>.Refused(StoreOutcome.Conflict, "The checks take long: the sensor goes on, and its report appears here when they are done.");
        }

        if (result.Status is < 200 or >= 300 || CheckReportReader.Read(name, Encoding.UTF8.GetBytes(result.Payload ?? ""), actor.Name, clock.GetUtcNow()) is not { } check)
        {
            return ChangeOutcome<CheckEntry>.Refused(StoreOutcome.Conflict, $"The sensor did not check: it answered with status {result.Status}.");
        }

        await store.Checks.AddAsync(check, cancellationToken);
        changes.Publish(ChangeKind.Checks, name);
        return ChangeOutcome<CheckEntry>.Done(check);
    }

    /// <summary>Sends a command to a connected sensor and waits up to 30 seconds for its answer.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="method">The command.</param>
    /// <param name="payload">Its JSON.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<MethodResult> InvokeAsync(string name, string method, string payload, Actor actor, CancellationToken cancellationToken)
    {
        var result = await links.InvokeAsync(name, method, payload, CommandLimit, cancellationToken);
        await NoteAsync(StoreOutcome.Done, name, $"sensor.command.{method}", AuditWords.Of(result), actor, cancellationToken);
        return result;
    }

    private static List<string> CheckDesired(JsonObject patch)
    {
        try
        {
            var desired = patch.Deserialize(CulvertJson.Default.DesiredProperties);
            var mistakes = new List<string>();
            if (desired?.BandwidthCapKbps is < MinBandwidthCapKbps)
            {
                mistakes.Add($"bandwidthCapKbps: at least {MinBandwidthCapKbps}, for a stable link.");
            }

            if (desired?.HeartbeatSeconds is < 5 or > 3600)
            {
                mistakes.Add("heartbeatSeconds: 5 to 3600.");
            }

            return mistakes;
        }
        catch (JsonException e)
        {
            return [$"{e.Path}: not of the expected type."];
        }
    }

    private async Task<StoreOutcome> NoteAsync(StoreOutcome outcome, string name, string action, string detail, Actor actor, CancellationToken cancellationToken)
    {
        if (outcome == StoreOutcome.Done)
        {
            await audit.AppendAsync(actor, action, name, detail, cancellationToken);
            changes.Publish(ChangeKind.Sensor, name);
        }

        return outcome;
    }
}
