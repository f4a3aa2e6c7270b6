using System.Text.Json;

namespace Culvert.Storage.Sqlite;

/// <summary>Text columns made from records.</summary>
internal static class RecordText
{
    public static string Write(DeviceRecord record) => JsonSerializer.Serialize(record, CulvertJson.Default.DeviceRecord);

    public static string Write(AlertRecord record) => JsonSerializer.Serialize(record, CulvertJson.Default.AlertRecord);

    public static string Write(HealthRecord record) => JsonSerializer.Serialize(record, CulvertJson.Default.HealthRecord);

    public static string Write(EvidenceRecord record) => JsonSerializer.Serialize(record, CulvertJson.Default.EvidenceRecord);

    public static string Protocols(DeviceRecord record) =>
        JsonSerializer.Serialize([.. record.Protocols.Select(p => p.Name).Distinct()], StoreJson.Default.StringArray);

    public static string Search(DeviceRecord record) => string.Join(
        ' ',
        [record.Name, record.MacAddress, .. record.IPv4Addresses, .. record.IPv6Addresses, record.Vendor, record.Type, record.Model, record.SerialNumber, record.FirmwareVersion, record.OsPlatform])
        .ToLowerInvariant();

    public static string Search(AlertRecord record) => string.Join(
        ' ',
        [record.Id, record.Type, record.Title, record.Message, record.Category, record.Protocol, record.SourceDevice, record.SourceAddress, record.DestinationDevice, record.DestinationAddress])
        .ToLowerInvariant();
}
