using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Culvert.PortalHost.Components.Pages;

/// <summary>One sensor: health, routes with their traces, outbox, settings, identity.</summary>
public partial class SensorPage
{
    private SensorEntry? _sensor;
    private HealthRecord? _health;
    private Twin? _twin;
    private IReadOnlyList<ConnectionChange> _connections = [];
    private IReadOnlyList<StreamStatistics> _streams = [];
    private IReadOnlyList<SiteEntry> _sites = [];
    private bool _loaded;
    private string? _note;
    private string? _confirming;

    /// <summary>The sensor's name.</summary>
    [Parameter]
    public string Name { get; set; } = "";

    private string Tone => _sensor is null || _sensor.State != SensorState.Active ? "idle" : _sensor.Connection == ConnectionState.Connected ? "good" : "bad";

    /// <inheritdoc/>
    protected override bool Shows(Change change) => change.Sensor is null || change.Sensor == Name;

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        _sensor = await Store.Sensors.FindAsync(Name, Ended);
        _loaded = true;
        if (_sensor is null)
        {
            return;
        }

        _health = (await Store.Health.FindLatestAsync(Name, Ended))?.Record;
        _twin = await Store.Twins.FindAsync(Name, Ended);
        _connections = (await Store.Health.ListConnectionsAsync(Name, new PageRequest(0, 10), Ended)).Items;
        _sites = await Store.Sites.ListAsync(Ended);
        _streams = await Store.Ingest.ListStatisticsAsync(Name, Ended);
    }

    private static string Fill(OutboxHealth outbox) =>
        (outbox.MaxBytes > 0 ? Math.Min(100, 100.0 * outbox.Bytes / outbox.MaxBytes) : 0).ToString("0.#", CultureInfo.InvariantCulture);

    private async Task SaveAsync(JsonObject patch)
    {
        var outcome = await Administration.DesireAsync(Name, patch, await ActorAsync(), Ended);
        _note = outcome.IsDone ? "Sent to the sensor; it reports back what it applied." : string.Join(" ", outcome.Mistakes);
        await LoadAsync();
    }

    private async Task MoveAsync((string Site, string Zone, bool Automatic) place)
    {
        var outcome = await Administration.UpdateAsync(Name, place.Site, place.Zone, place.Automatic, await ActorAsync(), Ended);
        _note = outcome == StoreOutcome.Done ? "The sensor's place was changed." : $"There is no zone {place.Zone} in a site {place.Site}.";
        await LoadAsync();
    }

    private async Task ReissueAsync()
    {
        var outcome = await Onboarding.ReissueAsync(Name, await ActorAsync(), Ended);
        if (outcome.Value is { } file)
        {
            await Script.InvokeVoidAsync("culvert.download", Ended, $"{Name}.activation.json", "application/json", JsonSerializer.Serialize(file, CulvertJson.Default.ActivationFile));
            _note = "A new activation file was downloaded. It is valid for 14 days and works once.";
        }
        else
        {
            _note = string.Join(" ", outcome.Mistakes);
        }

        await LoadAsync();
    }

    private async Task ConfirmAsync()
    {
        var wanted = _confirming;
        _confirming = null;
        if (wanted == "delete")
        {
            await Administration.DeleteAsync(Name, await ActorAsync(), Ended);
            Navigation.NavigateTo("/sensors");
            return;
        }

        var outcome = await Administration.RevokeAsync(Name, await ActorAsync(), Ended);
        _note = outcome == StoreOutcome.Done ? "The sensor's identity is revoked." : "The sensor was deleted meanwhile.";
        await LoadAsync();
    }
}
