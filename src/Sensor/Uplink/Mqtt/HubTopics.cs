using System.Globalization;
using System.Text.RegularExpressions;

namespace Culvert.Uplink;

/// <summary>IoT Hub's topics (docs/protocols/cloud-services.md).</summary>
internal static partial class HubTopics
{
    /// <summary>Answers to twin requests.</summary>
    public const string TwinAnswers = "$iothub/twin/res/#";

    /// <summary>Changes of the desired properties.</summary>
    public const string DesiredChanges = "$iothub/twin/PATCH/properties/desired/#";

    /// <summary>Direct methods.</summary>
    public const string Methods = "$iothub/methods/POST/#";

    /// <summary>Where records go.</summary>
    public static string Records(SensorId sensor) => $"devices/{sensor}/messages/events/$.ct=application%2Fjson&$.ce=utf-8&schema={BatchWriter.Schema}";

    /// <summary>Asks for the twin.</summary>
    public static string GetTwin(string request) => $"$iothub/twin/GET/?$rid={request}";

    /// <summary>Reports properties.</summary>
    public static string Report(string request) => $"$iothub/twin/PATCH/properties/reported/?$rid={request}";

    /// <summary>Answers a direct method.</summary>
    public static string MethodAnswer(int status, string request) => string.Create(CultureInfo.InvariantCulture, $"$iothub/methods/res/{status}/?$rid={request}");

    /// <summary>Reads an answer to a twin request.</summary>
    public static bool TryReadTwinAnswer(string topic, out int status, out string request)
    {
        var match = TwinAnswer().Match(topic);
        (status, request) = match.Success ? (int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), match.Groups[2].Value) : (0, "");
        return match.Success;
    }

    /// <summary>Reads the version of a change of desired properties; null when it is not given.</summary>
    public static bool TryReadDesiredChange(string topic, out long? version)
    {
        var match = DesiredChange().Match(topic);
        version = match.Groups[1].Success ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;
        return match.Success;
    }

    /// <summary>Reads a call of a direct method.</summary>
    public static bool TryReadMethod(string topic, out string name, out string request)
    {
        var match = Method().Match(topic);
        (name, request) = (match.Groups[1].Value, match.Groups[2].Value);
        return match.Success;
    }

    [GeneratedRegex(@"^\$iothub/twin/res/(\d{1,4})/\?(?:.*&)?\$rid=([^&]{1,128})")]
    private static partial Regex TwinAnswer();

    [GeneratedRegex(@"^\$iothub/twin/PATCH/properties/desired/(?:\?(?:.*&)?\$version=(\d{1,18}))?")]
    private static partial Regex DesiredChange();

    [GeneratedRegex(@"^\$iothub/methods/POST/([^/?]{1,128})/\?(?:.*&)?\$rid=([^&]{1,128})")]
    private static partial Regex Method();
}
