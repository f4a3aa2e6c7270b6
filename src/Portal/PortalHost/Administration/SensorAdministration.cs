using System.Security.Cryptography;
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

    /// <summary>Moves a sensor, or changes whether packages go to it by themselves.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="site">Its site from now on.</param>
    /// <param name="zone">Its zone from now on.</param>
    /// <param name="automatic">Whether packages go to it as they come.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoreOutcome> UpdateAsync(string name, string site, string zone, bool automatic, Actor actor, CancellationToken cancellationToken) => await NoteAsync(
        await store.Sensors.UpdateAsync(name, site, zone, automatic, cancellationToken), name, "sensor.update", $"{site}/{zone}, automatic TI {(automatic ? "on" : "off")}", actor, cancellationToken);

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
        await NoteAsync(StoreOutcome.Done, name, "sensor.desire", text.Length <= 500 ? text : text[..500], actor, cancellationToken);
        changes.Publish(ChangeKind.Twin, name);
        await links.PushDesiredAsync(name, text, twin.DesiredVersion);
        return ChangeOutcome<Twin>.Done(twin);
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
        await NoteAsync(StoreOutcome.Done, name, $"sensor.command.{method}", result.Outcome.ToString(), actor, cancellationToken);
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
