using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Culvert.Uplink;

/// <summary>Takes the desired properties down and reports what is in force.</summary>
internal sealed class TwinExchange(UplinkOptions options, SettingsKeeper settings, PackageKeeper packages, ILogger logger)
{
    // One place is enough: several changes in a row are taken together.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Something is new to report or to fetch.</summary>
    public void Signal() => _changed.Writer.TryWrite(true);

    /// <summary>Gets the twin, applies it and reports, at the beginning of a session.</summary>
    public async Task OpenAsync(HubSession session, CancellationToken cancellationToken)
    {
        session.DesiredChanged = (_, _) => Signal();
        await ExchangeAsync(session, cancellationToken);
    }

    /// <summary>Does so again at every change, until cancelled.</summary>
    public async Task RunAsync(HubLink hub, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _changed.Reader.ReadAsync(cancellationToken);
            try
            {
                await ExchangeAsync(await hub.GetSessionAsync(cancellationToken), cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is not OutOfMemoryException)
            {
                // The next session begins with an exchange of its own.
                UplinkLog.StepFailed(logger, "Exchanging settings with the cloud", e.Message);
            }
        }
    }

    /// <summary>What is reported; nulls are written out, for they take away what was reported before.</summary>
    internal byte[] Report()
    {
        var (version, error) = settings.Report;
        var inForce = settings.InForce;
        var package = packages.Status;
        var reported = new ReportedProperties
        {
            SoftwareVersion = options.SoftwareVersion,
            BandwidthCapKbps = inForce.BandwidthCapKbps,
            HeartbeatSeconds = inForce.HeartbeatSeconds,
            Learning = inForce.Learning,
            ThreatIntelligenceVersion = package.Version,
            ThreatIntelligenceStatus = package.Status,
            ThreatIntelligenceError = package.Error,
            AppliedVersion = version,
            SettingsError = error,
        };
        var json = JsonSerializer.SerializeToNode(reported, CulvertJson.Default.ReportedProperties)!.AsObject();
        foreach (var property in CulvertJson.Default.ReportedProperties.Properties.Where(p => !json.ContainsKey(p.Name)))
        {
            json[property.Name] = null;
        }

        return JsonSerializer.SerializeToUtf8Bytes<JsonNode>(json, TwinJson.Default.JsonNode);
    }

    private async Task ExchangeAsync(HubSession session, CancellationToken cancellationToken)
    {
        // A change names only what changed (and null for what is gone); asking for the whole twin says it without merging.
        Take(await session.GetTwinAsync(cancellationToken));
        await session.ReportAsync(Report(), cancellationToken);
    }

    private void Take(byte[] twin)
    {
        try
        {
            using var json = JsonDocument.Parse(twin);
            if (!json.RootElement.TryGetProperty("desired", out var desired) || desired.ValueKind != JsonValueKind.Object)
            {
                return;
            }

            var version = desired.TryGetProperty("$version", out var number) && number.TryGetInt64(out var value) ? value : 0;
            settings.Take(version, desired.Deserialize(CulvertJson.Default.DesiredProperties) ?? new DesiredProperties());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            UplinkLog.StepFailed(logger, "Reading the desired properties", e.Message);
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonNode))]
internal sealed partial class TwinJson : System.Text.Json.Serialization.JsonSerializerContext;
