using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Culvert.Outbox;
using Microsoft.Extensions.Logging;

namespace Culvert.Uplink.Tests;

internal static class TestParts
{
    public static SensorId Sensor { get; } = new("sensor-1");

    public static UplinkMetrics Metrics() => new(new TestMeters());

    public static CloudEndpoint[] Endpoints(int hubPort = TunnelChannelFactory.SecureMqttPort, int httpPort = 443) =>
        [.. Enum.GetValues<CloudService>().Select(s => new CloudEndpoint(s, new HostPort("localhost", s == CloudService.IotHub ? hubPort : httpPort)))];

    /// <summary>The cloud behind a scripted hub (MQTT) and scripted HTTP.</summary>
    public static CloudAccess Scripted(ScriptedHub hub, HttpMessageHandler? http, TimeProvider clock) => new(
        Endpoints(), _ => http ?? new ScriptedHttp(), (_, token) => InProcessPortal.ConnectAsync(hub.Port, token), new CloudReadings(clock));

    /// <summary>A record that holds its number.</summary>
    public static OutgoingRecord Numbered(RecordStream stream, int number, int padding = 20) => new(stream, Encoding.UTF8.GetBytes($$"""{"n":{{number}},"p":"{{new string('x', padding)}}"}"""));

    public static AlertRecord Alert(string id) => new()
    {
        Id = id,
        Type = "test",
        Title = "Test",
        Message = "A test.",
        Engine = AlertEngine.Anomaly,
        Severity = AlertSeverity.Major,
        Category = "Test",
        Zone = "cell-1",
        FirstDetection = DateTimeOffset.UnixEpoch,
        LastDetection = DateTimeOffset.UnixEpoch,
    };

    public static DeviceRecord Device(string key) => new()
    {
        Key = key,
        Zone = "cell-1",
        Name = key,
        FirstSeen = DateTimeOffset.UnixEpoch,
        LastSeen = DateTimeOffset.UnixEpoch,
    };

    public static HealthRecord Health(DateTimeOffset at) => new() { At = at, StartedAt = at, Version = "1.0", Outbox = new OutboxHealth() };
}

/// <summary>Meters that nobody reads.</summary>
internal sealed class TestMeters : IMeterFactory
{
    public Meter Create(MeterOptions options) => new(options);

    public void Dispose()
    {
    }
}

/// <summary>Keeps what was logged.</summary>
internal sealed class ListLogger : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue(formatter(state, exception));
}

/// <summary>The sensor's side of commands.</summary>
internal sealed class TestCommands : ISensorCommands
{
    public ConcurrentQueue<string> Calls { get; } = new();

    public Func<string, EvidenceCapture?> Evidence { get; set; } = _ => null;

    /// <summary>Held back by the test, where it is set.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public async Task<CommandAnswer> SendHealthAsync(CancellationToken cancellationToken)
    {
        Calls.Enqueue("sendHealth");
        await Gate.WaitAsync(cancellationToken);
        return CommandAnswer.Done;
    }

    public Task<CommandAnswer> RunChecksAsync(CancellationToken cancellationToken)
    {
        Calls.Enqueue("runChecks");
        return Task.FromResult(new CommandAnswer(200) { Json = "{}"u8.ToArray() });
    }

    public Task<EvidenceCapture?> CutEvidenceAsync(string alertId, CancellationToken cancellationToken)
    {
        Calls.Enqueue($"cut {alertId}");
        return Task.FromResult(Evidence(alertId));
    }

    public Task<CommandAnswer> LearnAlertAsync(string alertId, CancellationToken cancellationToken)
    {
        Calls.Enqueue($"learn {alertId}");
        return Task.FromResult(CommandAnswer.Done);
    }

    public Task<CommandAnswer> CloseAlertAsync(string alertId, CancellationToken cancellationToken) =>
        alertId == "boom" ? throw new InvalidOperationException("secret detail") : Task.FromResult(CommandAnswer.NotFound("The alert"));
}
