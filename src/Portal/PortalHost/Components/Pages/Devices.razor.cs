using System.Globalization;
using Culvert.PortalHost.Components.Parts;
using Culvert.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Culvert.PortalHost.Components.Pages;

/// <summary>The device inventory. What is shown is in the address, so that it can be sent to a colleague.</summary>
public partial class Devices
{
    private const int PageSize = 50;

    // As many as Defender for IoT exports.
    private const int MaxExported = 30_000;
    private IReadOnlyList<DeviceEntry> _items = [];
    private DeviceFacets _facets = new();
    private long _total;
    private bool _loaded;
    private (string Sensor, string Key) _open;

    [SupplyParameterFromQuery]
    private string? Text { get; set; }

    [SupplyParameterFromQuery]
    private string? Site { get; set; }

    [SupplyParameterFromQuery]
    private string? Zone { get; set; }

    [SupplyParameterFromQuery]
    private string? Sensor { get; set; }

    [SupplyParameterFromQuery]
    private string? Type { get; set; }

    [SupplyParameterFromQuery]
    private string? Vendor { get; set; }

    [SupplyParameterFromQuery]
    private string? Protocol { get; set; }

    [SupplyParameterFromQuery]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery]
    private int Offset { get; set; }

    private bool HasFilter => (Text ?? Site ?? Zone ?? Sensor ?? Type ?? Vendor ?? Protocol) is not null;

    /// <inheritdoc/>
    protected override bool Shows(Change change) => change.Kind == ChangeKind.Devices;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync() => await LoadAsync();

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        var page = await Store.Devices.QueryAsync(Query(new PageRequest(Offset, PageSize)), Ended);
        (_items, _total, _loaded) = (page.Items, page.Total, true);
        _facets = await Store.Devices.ReadFacetsAsync(Ended);
    }

    private static string Join(IEnumerable<string> values) => string.Join(", ", values.DefaultIfEmpty("none"));

    private static IEnumerable<string> Addresses(DeviceRecord device) => device.IPv4Addresses.Concat(device.IPv6Addresses);

    private DeviceQuery Query(PageRequest page)
    {
        var descending = Sort?.StartsWith('-') == true;
        Enum.TryParse<DeviceSort>(Sort?.TrimStart('-'), ignoreCase: true, out var sort);
        return new DeviceQuery
        {
            Text = Text,
            Site = Site,
            Zone = Zone,
            Sensor = Sensor,
            Type = Type,
            Vendor = Vendor,
            Protocol = Protocol,
            Sort = sort,
            Descending = descending,
            Page = page,
        };
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

    private async Task ExportAsync()
    {
        var csv = new Csv("Name", "Type", "IPv4 Address", "IPv6 Address", "MAC Address", "Vendor", "Model", "Serial number", "Firmware version", "Protocols", "VLAN", "Site", "Zone", "Purdue level", "Authorization", "Sensor", "First seen", "Last activity");
        for (var read = 0; read < MaxExported; read += PageRequest.MaxLimit)
        {
            var page = await Store.Devices.QueryAsync(Query(new PageRequest(read, PageRequest.MaxLimit)), Ended);
            foreach (var entry in page.Items)
            {
                var d = entry.Record;
                csv.Add(
                    d.Name, d.Type, string.Join(' ', d.IPv4Addresses), string.Join(' ', d.IPv6Addresses), d.MacAddress, d.Vendor, d.Model, d.SerialNumber, d.FirmwareVersion,
                    string.Join(' ', d.Protocols.Select(p => p.Name).Distinct()), string.Join(' ', d.Vlans), entry.Site, d.Zone, d.PurdueLevel?.ToString("0.#", CultureInfo.InvariantCulture),
                    d.Authorized ? "Authorized" : "Not authorized", entry.Sensor, d.FirstSeen.ToString("O", CultureInfo.InvariantCulture), d.LastSeen.ToString("O", CultureInfo.InvariantCulture));
            }

            if (page.Items.Count < PageRequest.MaxLimit)
            {
                break;
            }
        }

        await Script.InvokeVoidAsync("culvert.download", Ended, "devices.csv", "text/csv", csv.ToString());
    }
}
