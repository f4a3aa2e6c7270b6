using System.Globalization;
using Culvert.Storage;

namespace Culvert.PortalHost.Components.Parts;

/// <summary>The words and colours for states: those of Defender for IoT, so that who knows that product finds everything.</summary>
internal static class Words
{
    public static string Of(UserRole role) => role switch
    {
        UserRole.SecurityReader => "Security Reader",
        UserRole.SecurityAdmin => "Security Admin",
        _ => role.ToString(),
    };

    public static string Of(AlertEngine engine) => engine switch
    {
        AlertEngine.PolicyViolation => "Policy violation",
        AlertEngine.ProtocolViolation => "Protocol violation",
        _ => engine.ToString(),
    };

    /// <summary>The cloud has three severities where a sensor has four.</summary>
    public static string Of(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Critical => "High",
        AlertSeverity.Major => "Medium",
        _ => "Low",
    };

    public static string Of(CloudService service) => service switch
    {
        CloudService.IotHub => "IoT Hub",
        CloudService.EventHubs => "Event Hubs",
        CloudService.Blob => "Blob Storage",
        _ => service.ToString(),
    };

    public static string Of(Stage stage) => stage switch
    {
        Stage.ProxyTls => "TLS to proxy",
        Stage.Tls => "TLS",
        Stage.Request => "CONNECT",
        _ => stage.ToString(),
    };

    /// <summary>The name of a hop that is written as <c>name (scheme://host:port)</c>.</summary>
    public static string HopName(string hop) => hop.Split(" (", 2)[0];

    /// <summary>Whether a cause stops a tunnel; credentials that nobody asked for do not.</summary>
    public static bool IsFault(Cause cause) => cause is not (Cause.None or Cause.CredentialsUnnecessary);

    /// <summary>Where and why a trace failed, in a few words.</summary>
    public static string Fault(TraceStep step) => $"{Spaced(step.Cause.ToString())} at {step.Target} ({Of(step.Stage)})";

    public static string Of(SensorEntry sensor) => sensor.State switch
    {
        SensorState.PendingActivation => "Pending activation",
        SensorState.PendingReactivation => "Pending reactivation",
        SensorState.Revoked => "Revoked",
        _ => sensor.Connection switch { ConnectionState.Connected => "Connected", ConnectionState.Disconnected => "Disconnected", _ => "Never connected" },
    };

    public static string Of(SensorType type) => type == SensorType.Ot ? "OT" : "Enterprise IoT";

    public static string Of(SensorMode mode) => mode == SensorMode.CloudConnected ? "cloud-connected" : "locally managed";

    /// <summary>A camelCase or PascalCase word as people write it.</summary>
    public static string Spaced(string word) =>
        string.Concat(word.Select((c, i) => i == 0 ? char.ToUpperInvariant(c).ToString() : char.IsAsciiLetterUpper(c) && !char.IsAsciiLetterUpper(word[i - 1]) ? " " + char.ToLowerInvariant(c) : c.ToString()));

    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var value = (double)bytes;
        var unit = 0;
        while (value >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }

    public static string Ago(DateTimeOffset at, DateTimeOffset now)
    {
        var span = now - at;
        return span.TotalSeconds switch
        {
            < -60 => $"in {Long(-span)}",
            < 5 => "just now",
            _ => $"{Long(span)} ago",
        };
    }

    public static string Long(TimeSpan span) => span switch
    {
        { TotalDays: >= 730 } => $"{(int)(span.TotalDays / 365)} years",
        { TotalDays: >= 2 } => $"{(int)span.TotalDays} days",
        { TotalHours: >= 2 } => $"{(int)span.TotalHours} hours",
        { TotalMinutes: >= 2 } => $"{(int)span.TotalMinutes} minutes",
        { TotalSeconds: >= 1 } => $"{(int)span.TotalSeconds} s",
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.#} ms"),
    };
}
