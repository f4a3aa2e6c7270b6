using System.Globalization;

namespace Culvert.PortalHost;

/// <summary>What sensors reach the portal by: known once it listens, and kept for commands that run beside it.</summary>
public sealed class PortalAddress(PortalFolder folder)
{
    private HostPort? _current;

    /// <summary>Sets the address and keeps it in the data folder.</summary>
    /// <param name="address">Exact host name and port.</param>
    public void Set(HostPort address)
    {
        _current = address;
        PortalFolder.WriteSecret(folder.AddressFile, address.ToString());
    }

    /// <summary>The address, or null before the portal ever ran.</summary>
    public HostPort? Current => _current ??= File.Exists(folder.AddressFile) && HostPort.TryParse(File.ReadAllText(folder.AddressFile).Trim(), out var kept) ? kept : null;

    /// <summary>Services that sensors reach by a name of their own.</summary>
    public IReadOnlyDictionary<CloudService, HostPort> Own { get; init; } = new Dictionary<CloudService, HostPort>();

    /// <summary>The exact cloud endpoints, all five services on one host and port but for <see cref="Own"/>; empty before the address is known.</summary>
    public IReadOnlyList<CloudEndpointEntry> Endpoints => Current is not { } address
        ? []
        : [.. Enum.GetValues<CloudService>().Select(s => (Service: s, At: Own.GetValueOrDefault(s, address))).Select(e => new CloudEndpointEntry(e.Service, e.At.Host, e.At.Port))];

    /// <inheritdoc/>
    public override string ToString() => Current is { } address ? string.Create(CultureInfo.InvariantCulture, $"https://{address}") : "";
}
