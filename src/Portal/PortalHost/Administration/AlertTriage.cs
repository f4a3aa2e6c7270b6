using System.Text.Json.Nodes;
using Culvert.CloudServices;
using Culvert.PortalHost.Components.Parts;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>What people do with alerts; the sensor is told where it is concerned.</summary>
public sealed class AlertTriage(IPortalStore store, SensorLinks links, AuditTrail audit, ChangeFeed changes, TimeProvider clock)
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(10);

    /// <summary>Sets an alert's status. A closed one is closed at its sensor too, if that is connected, so that the same traffic opens a new alert.</summary>
    /// <param name="sensor">Its sensor.</param>
    /// <param name="id">Its id.</param>
    /// <param name="status">The status.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoreOutcome> SetStatusAsync(string sensor, string id, AlertStatus status, Actor actor, CancellationToken cancellationToken)
    {
        var outcome = await store.Alerts.SetStatusAsync(sensor, id, status, actor.Name, clock.GetUtcNow(), cancellationToken);
        if (outcome == StoreOutcome.Done)
        {
            await audit.AppendAsync(actor, "alert.setStatus", $"{sensor}/{id}", Words.Spaced(status.ToString()), cancellationToken);
            changes.Publish(ChangeKind.Alerts, sensor);
            if (status == AlertStatus.Closed)
            {
                await links.InvokeAsync(sensor, "closeAlert", AlertPayload(id), CommandLimit, cancellationToken);
            }
        }

        return outcome;
    }

    /// <summary>Tells the sensor that the traffic behind an alert is normal, and closes the alert when the sensor has learned it.</summary>
    /// <param name="sensor">Its sensor.</param>
    /// <param name="id">Its id.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<MethodResult> LearnAsync(string sensor, string id, Actor actor, CancellationToken cancellationToken)
    {
        var result = await links.InvokeAsync(sensor, "learnAlert", AlertPayload(id), CommandLimit, cancellationToken);
        await audit.AppendAsync(actor, "alert.learn", $"{sensor}/{id}", AuditWords.Of(result), cancellationToken);
        if (result is { Outcome: MethodOutcome.Answered, Status: >= 200 and < 300 })
        {
            await store.Alerts.SetStatusAsync(sensor, id, AlertStatus.Closed, actor.Name, clock.GetUtcNow(), cancellationToken);
            changes.Publish(ChangeKind.Alerts, sensor);
        }

        return result;
    }

    private static string AlertPayload(string id) => new JsonObject { ["alertId"] = id }.ToJsonString();
}
