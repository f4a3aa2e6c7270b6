using Culvert.CloudServices;
using Culvert.Storage;
using Microsoft.AspNetCore.Components;

namespace Culvert.PortalHost.Components.Pages;

/// <summary>Alerts with the default columns of Defender for IoT. What is shown is in the address.</summary>
public partial class Alerts
{
    private const int PageSize = 50;
    private IReadOnlyList<AlertEntry> _items = [];
    private long _total;
    private bool _loaded;
    private string? _note;
    private (string Sensor, string Id) _open;

    // The words of the cloud, with the sensor's own beside them.
    private static readonly IReadOnlyList<(string, string)> Severities =
        [("Critical", "High (Critical)"), ("Major", "Medium (Major)"), ("Minor", "Low (Minor)"), ("Warning", "Low (Warning)")];

    [SupplyParameterFromQuery]
    private string? Text { get; set; }

    [SupplyParameterFromQuery]
    private string? Status { get; set; }

    [SupplyParameterFromQuery]
    private string? Severity { get; set; }

    [SupplyParameterFromQuery]
    private string? Engine { get; set; }

    [SupplyParameterFromQuery]
    private string? Sensor { get; set; }

    [SupplyParameterFromQuery]
    private string? Device { get; set; }

    [SupplyParameterFromQuery]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery]
    private int Offset { get; set; }

    /// <inheritdoc/>
    protected override bool Shows(Change change) => change.Kind == ChangeKind.Alerts;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync() => await LoadAsync();

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        var chosen = Enum.TryParse<AlertSort>(Sort?.TrimStart('-'), ignoreCase: true, out var sort);
        var page = await Store.Alerts.QueryAsync(
            new AlertQuery
            {
                Text = Text,
                Sensor = Sensor,
                Device = Device,
                Severity = Enum.TryParse<AlertSeverity>(Severity, ignoreCase: true, out var severity) ? severity : null,
                Engine = Enum.TryParse<AlertEngine>(Engine, ignoreCase: true, out var engine) ? engine : null,
                Status = Enum.TryParse<AlertStatus>(Status, ignoreCase: true, out var status) ? status : null,
                Open = Status is null ? true : null,
                Sort = chosen ? sort : AlertSort.LastDetection,
                Descending = !chosen || Sort!.StartsWith('-'),
                Page = new PageRequest(Offset, PageSize),
            },
            Ended);
        (_items, _total, _loaded) = (page.Items, page.Total, true);
    }

    private void Go(string name, string? value)
    {
        var changed = new Dictionary<string, object?> { [name] = string.IsNullOrEmpty(value) ? null : value };
        if (name != "offset")
        {
            changed["offset"] = null;
        }

        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(changed), replace: true);
    }

    private async Task SetAsync(AlertEntry alert, AlertStatus status)
    {
        var outcome = await Triage.SetStatusAsync(alert.Sensor, alert.Record.Id, status, await ActorAsync(), Ended);
        _note = outcome == StoreOutcome.Done ? $"{alert.Record.Title}: {status}." : $"Not changed: {outcome}.";
        await LoadAsync();
    }

    private async Task LearnAsync(AlertEntry alert)
    {
        var result = await Triage.LearnAsync(alert.Sensor, alert.Record.Id, await ActorAsync(), Ended);
        _note = result switch
        {
            { Outcome: MethodOutcome.Answered, Status: >= 200 and < 300 } => $"{alert.Sensor} has learned it.",
            { Outcome: MethodOutcome.Answered } => $"{alert.Sensor} refused to learn it (status {result.Status}).",
            _ => $"{alert.Sensor} is not connected; try again when it is.",
        };
        await LoadAsync();
    }
}
