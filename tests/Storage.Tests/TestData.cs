namespace Culvert.Storage.Tests;

/// <summary>Records and names that the tests share.</summary>
internal static class TestData
{
    public const string Sensor = "cell-1";

    public static DateTimeOffset Now { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static RecordId Id(RecordStream stream, long sequence, long epoch = 1, string sensor = Sensor) => new(new SensorId(sensor), stream, epoch, sequence);

    public static IncomingRecord Traffic(long sequence) => new()
    {
        Sensor = new SensorId(Sensor),
        Id = Id(RecordStream.Traffic, sequence),
        Traffic = new TrafficRecord
        {
            Zone = "z",
            IntervalStart = Now,
            IntervalSeconds = 60,
            Source = "10.0.0.1",
            Destination = "10.0.0.2",
            Protocol = sequence % 2 == 0 ? "modbus" : "dns",
            Frames = 1,
            Bytes = sequence,
        },
    };

    public static IncomingRecord Device(long sequence, string key = "z|10.0.0.1", Func<DeviceRecord, DeviceRecord>? change = null, long epoch = 1, string sensor = Sensor)
    {
        var record = new DeviceRecord { Key = key, Zone = "z", Name = key, Type = "PLC", FirstSeen = Now.AddHours(-1), LastSeen = Now };
        return new IncomingRecord { Sensor = new SensorId(sensor), Id = Id(RecordStream.Inventory, sequence, epoch, sensor), Device = change?.Invoke(record) ?? record };
    }

    public static IncomingRecord Alert(long sequence, string id, Func<AlertRecord, AlertRecord>? change = null, string sensor = Sensor)
    {
        var record = new AlertRecord
        {
            Id = id,
            Type = "t",
            Title = $"Title {id}",
            Message = "m",
            Engine = AlertEngine.Anomaly,
            Severity = AlertSeverity.Major,
            Category = "Scan",
            Zone = "z",
            FirstDetection = Now.AddMinutes(-5),
            LastDetection = Now,
        };
        return new IncomingRecord { Sensor = new SensorId(sensor), Id = Id(RecordStream.Alerts, sequence, sensor: sensor), Alert = change?.Invoke(record) ?? record };
    }

    public static IncomingRecord Health(long sequence, params HealthMessage[] messages) => new()
    {
        Sensor = new SensorId(Sensor),
        Id = Id(RecordStream.Health, sequence),
        Health = new HealthRecord { At = Now, StartedAt = Now, Version = $"1.{sequence}", Outbox = new OutboxHealth(), Messages = messages },
    };

    public static IncomingRecord Nonsense(long? sequence, string text = "{") => new()
    {
        Sensor = new SensorId(Sensor),
        Id = sequence is { } s ? Id(RecordStream.Alerts, s) : null,
        Rejection = "not JSON",
        Raw = System.Text.Encoding.UTF8.GetBytes(text),
    };
}
