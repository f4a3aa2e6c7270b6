using Culvert.PortalHost.Components.Parts;
using Culvert.Storage;
using Microsoft.AspNetCore.Components.Forms;

namespace Culvert.PortalHost.Components.Pages;

/// <summary>Threat-intelligence packages: upload, versions, which sensor has which, push and rollback.</summary>
public partial class ThreatIntelligencePage
{
    private IReadOnlyList<PackageEntry> _packages = [];
    private IReadOnlyList<SensorEntry> _sensors = [];
    private IReadOnlyList<string> _mistakes = [];
    private string? _note;
    private bool _busy;

    /// <inheritdoc/>
    protected override bool Shows(Change change) => change.Kind is ChangeKind.Packages or ChangeKind.Twin or ChangeKind.Sensor;

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        _packages = await Store.Packages.ListAsync(PackageCatalogue.Kind, Ended);
        _sensors = (await Store.Sensors.QueryAsync(new SensorQuery { Page = new PageRequest(0, PageRequest.MaxLimit) }, Ended)).Items;
    }

    private async Task UploadAsync(InputFileChangeEventArgs chosen)
    {
        (_busy, _mistakes, _note) = (true, [], null);
        try
        {
            using var content = new MemoryStream();
            await using var file = chosen.File.OpenReadStream(PackageCatalogue.MaxBytes, Ended);
            await file.CopyToAsync(content, Ended);
            var outcome = await Catalogue.UploadAsync(content.ToArray(), await ActorAsync(), Ended);
            _mistakes = outcome.Mistakes;
            _note = outcome.Value is { } package ? $"Package {package.Version} is signed and offered." : null;
        }
        catch (IOException)
        {
            _mistakes = [$"{chosen.File.Name} has {Words.Bytes(chosen.File.Size)}; at most {Words.Bytes(PackageCatalogue.MaxBytes)} are accepted."];
        }
        finally
        {
            _busy = false;
        }

        await LoadAsync();
    }

    private async Task PushAsync(string version)
    {
        var outcome = await Catalogue.PushAsync(version, [.. _sensors.Select(s => s.Name)], await ActorAsync(), Ended);
        _note = outcome.Value is { } told ? $"{told.Count} {(told.Count == 1 ? "sensor is" : "sensors are")} to have {version}." : string.Join(" ", outcome.Mistakes);
        await LoadAsync();
    }
}
