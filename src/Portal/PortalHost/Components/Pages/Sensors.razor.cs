using System.Text.Json;
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

    private void Go(string? text = null, string? health = null) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["text"] = text is null ? Text : text.Length == 0 ? null : text,
        ["health"] = health is null ? Health : health.Length == 0 ? null : health,
    }), replace: true);

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
