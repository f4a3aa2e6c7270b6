using System.Globalization;
using Culvert.Storage;
using Microsoft.AspNetCore.Components;

namespace Culvert.PortalHost.Components.Pages;

/// <summary>What arrived, by sensor and stream, and what could not be understood.</summary>
public partial class IngestPage
{
    private const int PageSize = 25;

    // A whole record of 64 KiB would make the page crawl; the API gives it whole.
    private const int MaxShown = 4000;
    private IReadOnlyList<StreamStatistics> _streams = [];
    private IReadOnlyList<DeadLetter> _letters = [];
    private long _total;
    private bool _loaded;

    [SupplyParameterFromQuery]
    private string? Sensor { get; set; }

    [SupplyParameterFromQuery]
    private int Offset { get; set; }

    /// <inheritdoc/>
    protected override bool Shows(Change change) => change.Kind is not (ChangeKind.Users or ChangeKind.Packages or ChangeKind.Twin or ChangeKind.Sites);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync() => await LoadAsync();

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        _streams = await Store.Ingest.ListStatisticsAsync(Sensor, Ended);
        var page = await Store.Ingest.ListDeadLettersAsync(Sensor, new PageRequest(Offset, PageSize), Ended);
        (_letters, _total, _loaded) = (page.Items, page.Total, true);
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Shown(string raw) => raw.Length <= MaxShown ? raw : $"{raw[..MaxShown]} …";
}
