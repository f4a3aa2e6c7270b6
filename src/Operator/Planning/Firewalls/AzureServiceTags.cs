namespace Culvert.Planning;

/// <summary>Azure's service tags for the names of its services. A tag covers every customer of the service, so an exact list must stand behind it.</summary>
internal static class AzureServiceTags
{
    private static readonly (string Suffix, string Tag)[] BySuffix =
        [(".azure-devices.net", "AzureIoTHub"), (".servicebus.windows.net", "EventHub"), (".blob.core.windows.net", "Storage")];

    /// <summary>The tags of services that sensors use.</summary>
    public static IReadOnlyList<string> All { get; } = [.. BySuffix.Select(t => t.Tag)];

    /// <summary>The tag for a name; null where it is no such service.</summary>
    public static string? Of(string host) => BySuffix.FirstOrDefault(t => host.EndsWith(t.Suffix, StringComparison.OrdinalIgnoreCase)).Tag;
}
