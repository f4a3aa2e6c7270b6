using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Culvert.Planning;

/// <summary>The exact list of a cloud's endpoints, numbered: what firewalls and proxies must let through, no wildcard among it.</summary>
/// <param name="Cloud">The cloud's name in its site file.</param>
/// <param name="Version">From 1; a list with another content has a higher one.</param>
/// <param name="Entries">Ordered by host and port; those for a coming version last.</param>
public sealed record EndpointList(string Cloud, int Version, IReadOnlyList<EndpointEntry> Entries)
{
    /// <summary>The form of the JSON.</summary>
    public const string Format = "culvert.endpoints.v1";

    private const int MaxEntries = 10_000;

    /// <summary>What is needed now.</summary>
    public IEnumerable<EndpointEntry> Now => Entries.Where(e => e.NeededFrom is null);

    /// <summary>What a coming software version will need: open it before the update.</summary>
    public IEnumerable<EndpointEntry> Coming => Entries.Where(e => e.NeededFrom is not null);

    /// <summary>The SHA-256 of the entries, in hexadecimal: the same for the same content, whatever its version.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Entries.Select(e => e + "\n")))));

    /// <summary>The list of one cloud.</summary>
    /// <param name="cloud">The cloud.</param>
    /// <param name="previous">The list that is in use; the version counts on from it where the content differs.</param>
    public static EndpointList Of(SiteCloud cloud, EndpointList? previous = null)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        var now = cloud.Endpoints.GroupBy(e => e.Endpoint.Address)
            .Select(g => new EndpointEntry(g.Key, [.. g.Select(e => e.Endpoint.Service).Distinct().Order()], Ordered(g.SelectMany(e => e.Addresses))));
        var coming = cloud.ComingEndpoints.GroupBy(e => (e.Endpoint.Address, e.NeededFrom))
            .Select(g => new EndpointEntry(g.Key.Address, [.. g.Select(e => e.Endpoint.Service).Distinct().Order()], [], g.Key.NeededFrom));
        EndpointEntry[] entries = [.. now.OrderBy(e => e.Address.ToString(), StringComparer.Ordinal), .. coming.OrderBy(e => e.NeededFrom, StringComparer.Ordinal).ThenBy(e => e.Address.ToString(), StringComparer.Ordinal)];
        var list = new EndpointList(cloud.Name, previous?.Version ?? 1, entries);
        return previous is null || previous.Digest == list.Digest ? list : list with { Version = previous.Version + 1 };
    }

    /// <summary>Reads the JSON. Throws <see cref="FormatException"/> when it is not such a list.</summary>
    public static EndpointList Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            var root = document.RootElement;
            if (root.GetProperty("format").GetString() != Format)
            {
                throw new FormatException($"the format is not {Format}");
            }

            var entries = root.GetProperty("endpoints").EnumerateArray().Concat(root.GetProperty("coming").EnumerateArray()).Take(MaxEntries).Select(ReadEntry).ToArray();
            var list = new EndpointList(root.GetProperty("cloud").GetString() ?? "", root.GetProperty("version").GetInt32(), entries);
            return list.Version > 0 && root.GetProperty("digest").GetString() == list.Digest ? list : throw new FormatException("its digest does not fit its endpoints: it was edited or cut off");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"this is no list of endpoints: {e.Message}", e);
        }
    }

    /// <summary>What was added to, and removed from, another list to come to this one.</summary>
    public IReadOnlyList<EndpointChange> ChangesSince(EndpointList other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (was, now) = (other.Entries.Select(e => e.ToString()).ToHashSet(), Entries.Select(e => e.ToString()).ToHashSet());
        return [.. other.Entries.Where(e => !now.Contains(e.ToString())).Select(e => new EndpointChange(false, e)), .. Entries.Where(e => !was.Contains(e.ToString())).Select(e => new EndpointChange(true, e))];
    }

    private static EndpointEntry ReadEntry(JsonElement entry) => new(
        new HostPort(entry.GetProperty("host").GetString() ?? "", entry.GetProperty("port").GetInt32()),
        [.. entry.GetProperty("services").EnumerateArray().Select(s => Enum.TryParse<CloudService>(s.GetString(), ignoreCase: true, out var service) ? service : throw new FormatException($"'{s}' is no service"))],
        [.. entry.GetProperty("addresses").EnumerateArray().Select(a => IPAddress.TryParse(a.GetString(), out var address) ? address : throw new FormatException($"'{a}' is no address"))],
        entry.TryGetProperty("neededFrom", out var from) ? from.GetString() : null);

    private static IPAddress[] Ordered(IEnumerable<IPAddress> addresses) => [.. addresses.Distinct().OrderBy(a => a.ToString(), StringComparer.Ordinal)];

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cloud}, version {Version}");
}

/// <summary>A difference between two lists.</summary>
/// <param name="IsAdded">Added, or removed.</param>
/// <param name="Entry">What.</param>
public sealed record EndpointChange(bool IsAdded, EndpointEntry Entry);
