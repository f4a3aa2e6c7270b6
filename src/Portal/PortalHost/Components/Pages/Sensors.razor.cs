using System.Globalization;
using System.Text.Json;
using Culvert.PortalHost.Components.Parts;
using Culvert.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Culvert.PortalHost.Components.Pages;

/// <summary>All sensors, by site, with the columns of Defender for IoT; and the onboarding of new ones.</summary>
public partial class Sensors
{
    private const int MaxShown = 500;
    private IReadOnlyList<SiteEntry> _sites = [];
    private IReadOnlyList<SensorEntry> _shown = [];
    private long _total;
    private int _read;
    private bool _loaded;
    private bool _onboarding;
    private string? _note;
    private string? _editing;
    private Dictionary<HealthLevel, int> _byHealth = [];

    [SupplyParameterFromQuery]
    private string? Text { get; set; }

    [SupplyParameterFromQuery]
    private string? Site { get; set; }

    [SupplyParameterFromQuery]
    private string? Health { get; set; }

    /// <inheritdoc/>
    protected override bool Shows(Change change) => change.Kind is ChangeKind.Sensor or ChangeKind.Health or ChangeKind.Sites or ChangeKind.Twin or ChangeKind.Devices or ChangeKind.Alerts;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync() => await LoadAsync();

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        _sites = await Store.Sites.ListAsync(Ended);
        var page = await Store.Sensors.QueryAsync(new SensorQuery { Text = Text, Site = Site, Page = new PageRequest(0, MaxShown) }, Ended);
        _byHealth = page.Items.GroupBy(s => s.Health).ToDictionary(g => g.Key, g => g.Count());
        _shown = Enum.TryParse<HealthLevel>(Health, out var level) ? [.. page.Items.Where(s => s.Health == level)] : page.Items;
        (_total, _read, _loaded) = (page.Total, page.Items.Count, true);
    }

    private static string Tone(SensorEntry sensor) => sensor.State is SensorState.PendingActivation or SensorState.PendingReactivation ? "idle"
        : sensor.Health switch { HealthLevel.Critical => "bad", HealthLevel.Warning => "warn", _ => "good" };

    private static string Summary(SensorEntry sensor)
    {
        var first = sensor.Messages.FirstOrDefault(m => m.Level == sensor.Health && m.Level != HealthLevel.Healthy);
        return first is not null ? first.Title : sensor.State == SensorState.Active && sensor.Connection == ConnectionState.Connected ? "Healthy" : Parts.Words.Of(sensor);
    }

    private void Go(string name, string? value) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value), replace: true);

    private async Task SaveSiteAsync(SiteEntry site)
    {
        var outcome = await Administration.UpdateAsync(site, await ActorAsync(), Ended);
        (_editing, _note) = outcome.IsDone ? (null, $"Site {site.Name} was changed.") : (_editing, string.Join(" ", outcome.Mistakes));
        await LoadAsync();
    }

    private async Task ExportAsync()
    {
        var csv = new Csv("Sensor name", "Sensor type", "Site", "Zone", "Purdue level", "Sensor version", "Sensor health", "Last connected (UTC)", "Threat Intelligence version", "Threat Intelligence mode", "Threat Intelligence update status", "Devices", "Open alerts");
        foreach (var s in _shown)
        {
            csv.Add(
                s.Name, $"{Parts.Words.Of(s.Type)} {Parts.Words.Of(s.Mode)}", s.Site, s.Zone, s.PurdueLevel?.ToString("0.#", CultureInfo.InvariantCulture), s.SoftwareVersion, Summary(s),
                s.LastConnectedAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), s.ThreatIntelligenceVersion, s.AutomaticThreatIntelligence ? "Automatic" : "Manual", s.ThreatIntelligenceStatus,
                s.Devices.ToString(CultureInfo.InvariantCulture), s.OpenAlerts.ToString(CultureInfo.InvariantCulture));
        }

        await Script.InvokeVoidAsync("culvert.download", Ended, "sensors.csv", "text/csv", csv.ToString());
    }

    private async Task OnboardedAsync(OnboardingRequest request)
    {
        var outcome = await Onboarding.OnboardAsync(request, await ActorAsync(), Ended);
        if (outcome.Value is not { } file)
        {
            _note = outcome.Mistakes.Count > 0 ? string.Join(" ", outcome.Mistakes) : $"Not onboarded: {outcome.Outcome}.";
            return;
        }

        await Script.InvokeVoidAsync("culvert.download", Ended, $"{request.Name}.activation.json", "application/json", JsonSerializer.Serialize(file, CulvertJson.Default.ActivationFile));
        (_onboarding, _note) = (false, $"{request.Name} is onboarded. Its activation file was downloaded; it holds a one-time secret and is valid for 14 days. Give its firewall the endpoint list.");
        await LoadAsync();
    }
}
