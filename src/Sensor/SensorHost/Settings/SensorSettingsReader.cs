using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Configuration;
using Culvert.Uplink;

namespace Culvert.SensorHost;

/// <summary>Reads the sensor's settings file; every mistake is named with its line.</summary>
internal static class SensorSettingsReader
{
    private const double MaxSpeed = 1_000_000;

    private static readonly SettingKind<double> Speed = new(
        "a factor from 0.01 to 1000000, or 0 for as fast as possible",
        (string text, string _, out double value, out string? found) =>
        {
            found = null;
            return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value is 0 or (>= 0.01 and <= MaxSpeed);
        });

    private static readonly SettingKind<int> Bandwidth = new(
        $"kbit/s from {SensorSettings.SmallestCapKbps} to {SensorSettings.LargestCapKbps}, or 0 for no cap",
        (string text, string _, out int value, out string? found) =>
        {
            found = null;
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
                && value is 0 or (>= SensorSettings.SmallestCapKbps and <= SensorSettings.LargestCapKbps);
        });

    private static readonly SettingKind<string> Zone = new(
        "a zone's name: 1 to 128 characters without '/' and control characters",
        (string text, string _, [MaybeNullWhen(false)] out string value, out string? found) =>
        {
            (value, found) = (text, null);
            return text.Length is > 0 and <= 128 && !text.Any(c => c == '/' || char.IsControl(c));
        });

    /// <summary>The mode, as written.</summary>
    private enum Mode
    {
        Operational,
        Learning,
    }

    /// <summary>Reads the file. Throws <see cref="SensorException"/> with all mistakes.</summary>
    public static SensorFileSettings Load(string path)
    {
        var result = SettingsFile.Load(path, Read);
        return result.TryGet(out var settings)
            ? settings
            : throw new SensorException(SensorExit.BadFile, $"{path} has {result.Mistakes.Count} {(result.Mistakes.Count == 1 ? "mistake" : "mistakes")}:", [.. result.Mistakes.Select(m => m.ToString())]);
    }

    internal static SensorFileSettings Read(SettingsMapping m)
    {
        if (m.Has("trust"))
        {
            m.Mistake("trust", "trust in the cloud", "expected no such field: it comes with the activation file, signed, and nothing on this machine can widen it; trust in an https hop is the hop's own 'trust'");
        }

        var learning = m.Optional("mode", Setting.Word<Mode>(), Mode.Operational) == Mode.Learning;
        var cloud = m.Mapping("cloud");
        return new SensorFileSettings
        {
            HubAccess = ReadAccess(cloud?.Mapping("iotHub"), hub: true),
            EventHubsAccess = ReadAccess(cloud?.Mapping("eventHubs"), hub: false),
            Routes = RouteReader.Read(m),
            BandwidthKbps = m.Optional("bandwidthKbps", Bandwidth, SensorSettings.DefaultCapKbps),
            Hosts = HostTableReader.Read(m.Mapping("hosts")),
            Sources = ReadSources(m),
            Learning = learning,
            LearningPeriod = m.Optional("learningPeriod", Setting.Duration(TimeSpan.Zero, TimeSpan.FromDays(90)), TimeSpan.Zero),
            HeartbeatSeconds = m.Optional(
                "heartbeatSeconds", Setting.Number(SensorSettings.SmallestHeartbeatSeconds, SensorSettings.LargestHeartbeatSeconds), SensorSettings.DefaultHeartbeatSeconds),
            OutboxBytes = m.Optional("outboxSize", Setting.Size(1024 * 1024, 1L << 40), 256L * 1024 * 1024),
            CheckWhenLostSeconds = m.Optional("checkWhenLostSeconds", Setting.Number(5, 86_400), 60),
            Telemetry = m.Optional("telemetry", Setting.Flag, true),
            TelemetrySeconds = m.Optional("telemetrySeconds", Setting.Number(5, 86_400), 60),
        };
    }

    // The key itself is in a file or a variable, and is read once, here.
    private static SharedAccess? ReadAccess(SettingsMapping? m, bool hub)
    {
        if (m is null)
        {
            return null;
        }

        var policy = m.Optional("policyName", Setting.Name);
        if (m.RequiredSecret("sharedAccessKey") is not { } key)
        {
            return null;
        }

        if (hub && !SharedAccess.IsHubKey(key))
        {
            m.Mistake("sharedAccessKey", "the content of what it refers to", "expected a key of a device as the hub gives it out: base64 of 16 to 64 bytes");
            return null;
        }

        return new SharedAccess(key, policy);
    }

    private static List<SensorSource> ReadSources(SettingsMapping m)
    {
        var sources = new List<SensorSource>();
        foreach (var s in m.Mappings("sources"))
        {
            var source = new SensorSource
            {
                Capture = s.Optional("capture", Setting.FilePath),
                Interface = s.Optional("interface", Setting.Name),
                Zone = s.Required("zone", Zone),
                Speed = s.Optional("speed", Speed, 1),
            };
            if ((source.Capture is null) == (source.Interface is null))
            {
                if (!(s.Has("capture") ^ s.Has("interface")))
                {
                    s.Mistake("", source.Capture is null ? "neither capture nor interface" : "both capture and interface", "expected one of them");
                }

                continue;
            }

            if (source.Interface is not null && s.Has("speed"))
            {
                s.Mistake("speed", "the speed of an interface", "expected it for captures only");
            }

            // One analysis for a zone: its captures are read again from their start after a restart, which an interface cannot be.
            if (sources.FirstOrDefault(o => o.Zone == source.Zone && o.Interface is null != source.Interface is null) is { } other)
            {
                s.Mistake("zone", $"'{source.Zone}', which has {other.Name} too", "expected a zone to have either captures or interfaces");
            }

            sources.Add(source);
        }

        return sources;
    }
}
