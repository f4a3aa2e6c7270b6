using System.Net;
using System.Text.Json;

namespace Culvert.Planning;

/// <summary>Azure's weekly file of service tags (ServiceTags_Public_*.json): the address ranges of its services.</summary>
/// <remarks>New ranges stand in it at least a week before they are used, so that firewalls which know only addresses can follow.</remarks>
/// <param name="ChangeNumber">Higher in a later file.</param>
/// <param name="Tags">The ranges by tag, such as AzureIoTHub or Storage.WestEurope.</param>
public sealed record ServiceTagFile(long ChangeNumber, IReadOnlyDictionary<string, IReadOnlyList<IPNetwork>> Tags)
{
    private const int MaxRanges = 500_000;

    /// <summary>The tags of the services that sensors use.</summary>
    public static IReadOnlyList<string> OfSensors => AzureServiceTags.All;

    /// <summary>Reads the file. Throws <see cref="FormatException"/> when it is not one.</summary>
    public static ServiceTagFile Parse(Stream json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            var tags = new SortedDictionary<string, IReadOnlyList<IPNetwork>>(StringComparer.OrdinalIgnoreCase);
            var count = 0;
            foreach (var value in document.RootElement.GetProperty("values").EnumerateArray())
            {
                var ranges = new List<IPNetwork>();
                foreach (var prefix in value.GetProperty("properties").GetProperty("addressPrefixes").EnumerateArray())
                {
                    if (++count > MaxRanges)
                    {
                        throw new FormatException($"it names more than {MaxRanges} ranges");
                    }

                    ranges.Add(IPNetwork.TryParse(prefix.GetString(), out var range) ? range : throw new FormatException($"'{prefix}' is no range of addresses"));
                }

                tags[value.GetProperty("name").GetString() ?? ""] = ranges;
            }

            return new ServiceTagFile(document.RootElement.GetProperty("changeNumber").GetInt64(), tags);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"this is no file of service tags: {e.Message}", e);
        }
    }

    /// <summary>The ranges of a service, in a region where one is given, as few as cover the same addresses. Empty where the file has no such tag.</summary>
    /// <param name="tag">The service's tag.</param>
    /// <param name="region">The region, such as <c>westeurope</c>; null means all.</param>
    public IReadOnlyList<IPNetwork> RangesOf(string tag, string? region) =>
        AddressRanges.Collapse(Tags.TryGetValue(region is null ? tag : $"{tag}.{region}", out var ranges) ? ranges : []);
}
