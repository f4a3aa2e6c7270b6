using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <summary>Turns a row into what the portal lists, with the health messages that only the portal can know.</summary>
internal static class SensorRow
{
    public static SensorEntry Read(SqliteDataReader r)
    {
        var health = r.TextOrNull("health") is { } body ? JsonSerializer.Deserialize(body, CulvertJson.Default.HealthRecord) : null;
        var reported = TwinJson.ReadReported(r.Text("reported"));
        var entry = new SensorEntry
        {
            Name = r.Text("name"),
            Type = r.Word<SensorType>("type"),
            Mode = r.Word<SensorMode>("mode"),
            Site = r.Text("site"),
            Zone = r.Text("zone"),
            PurdueLevel = r.LevelOrNull("purdue_level"),
            AutomaticThreatIntelligence = r.Flag("automatic_ti"),
            State = r.Word<SensorState>("state"),
            CreatedAt = r.Time("created_at"),
            ActivatedAt = r.TimeOrNull("activated_at"),
            ActivationExpiresAt = r.TimeOrNull("token_ends"),
            CertificateExpiresAt = r.TimeOrNull("certificate_ends"),
            Connection = r.Word<ConnectionState>("connection"),
            ConnectionChangedAt = r.TimeOrNull("connection_changed_at"),
            LastConnectedAt = r.TimeOrNull("last_contact_at"),
            SoftwareVersion = reported?.SoftwareVersion ?? health?.Version,
            ThreatIntelligenceVersion = reported?.ThreatIntelligenceVersion ?? health?.ThreatIntelligenceVersion,
            ThreatIntelligenceStatus = reported?.ThreatIntelligenceStatus,
            Learning = reported?.Learning ?? health?.Learning,
            Devices = r.Number("devices"),
            OpenAlerts = r.Number("alerts"),
            HasSymmetricKey = r.BytesOrNull("symmetric_key") is not null,
        };
        HealthMessage[] messages = [.. PortalMessages(entry), .. health?.Messages ?? []];
        return entry with { Messages = messages, Health = messages.Length == 0 ? HealthLevel.Healthy : messages.Max(m => m.Level) };
    }

    // Titles and levels: facts of Defender for IoT's health messages, which people look for by name.
    private static IEnumerable<HealthMessage> PortalMessages(SensorEntry sensor)
    {
        switch (sensor.State)
        {
            case SensorState.PendingActivation:
                yield return new HealthMessage { Level = HealthLevel.Healthy, Title = "Pending activation", Recommendation = "Upload the activation file on the sensor before it expires." };
                break;
            case SensorState.PendingReactivation:
                yield return new HealthMessage { Level = HealthLevel.Healthy, Title = "Pending reactivation", Recommendation = "Upload the new activation file on the sensor." };
                break;
            case SensorState.Revoked:
                yield return new HealthMessage { Level = HealthLevel.Critical, Title = "Revoked", Recommendation = "Download a new activation file to let it in again, or delete it." };
                break;
            default:
                break;
        }

        if (sensor.Connection == ConnectionState.Disconnected)
        {
            yield return new HealthMessage
            {
                Level = HealthLevel.Critical,
                Title = "Disconnected",
                Detail = $"Nothing was heard from the sensor since {sensor.LastConnectedAt:yyyy-MM-dd HH:mm:ss} UTC.",
                Recommendation = "Check the sensor's routes with 'culvert check' on its machine, hop by hop.",
            };
        }
    }
}
