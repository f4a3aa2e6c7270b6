using System.Globalization;

namespace Culvert.CloudServices;

/// <summary>IoT Hub's MQTT topics.</summary>
internal static class IotHubTopics
{
    public const string TwinGet = "$iothub/twin/GET/";
    public const string TwinReported = "$iothub/twin/PATCH/properties/reported/";
    public const string MethodAnswer = "$iothub/methods/res/";
    public const string MethodsFilter = "$iothub/methods/POST/#";
    public const string DesiredFilter = "$iothub/twin/PATCH/properties/desired/#";
    public const string TwinAnswersFilter = "$iothub/twin/res/#";

    public static string Events(string sensor) => $"devices/{sensor}/messages/events/";

    public static string MessagesFilter(string sensor) => $"devices/{sensor}/messages/devicebound/#";

    public static bool MaySubscribe(string sensor, string filter) =>
        filter is MethodsFilter or DesiredFilter or TwinAnswersFilter || filter == MessagesFilter(sensor);

    public static string TwinAnswer(int status, string requestId, long? version = null) =>
        version is { } v ? string.Create(CultureInfo.InvariantCulture, $"$iothub/twin/res/{status}/?$rid={requestId}&$version={v}") : string.Create(CultureInfo.InvariantCulture, $"$iothub/twin/res/{status}/?$rid={requestId}");

    public static string DesiredChanged(long version) => string.Create(CultureInfo.InvariantCulture, $"$iothub/twin/PATCH/properties/desired/?$version={version}");

    public static string Method(string name, string requestId) => $"$iothub/methods/POST/{name}/?$rid={requestId}";

    /// <summary>The value of a property in a topic's last part (<c>a=b&amp;c=d</c>, with or without a question mark); null when it is not there.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="name">The property.</param>
    public static string? Property(string topic, string name)
    {
        var bag = topic[(topic.LastIndexOf('/') + 1)..].TrimStart('?');
        foreach (var field in bag.Split('&'))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && Uri.UnescapeDataString(field[..equals]) == name)
            {
                return Uri.UnescapeDataString(field[(equals + 1)..]);
            }
        }

        return null;
    }
}
