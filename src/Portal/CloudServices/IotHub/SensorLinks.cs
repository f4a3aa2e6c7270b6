using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Culvert.CloudServices;

/// <summary>The sensors that hold an MQTT link now: what the cloud can say to them.</summary>
public sealed class SensorLinks
{
    // More than anybody waits for at once; a sensor that never answers must not fill memory.
    private const int MaxPendingMethods = 1000;

    private readonly ConcurrentDictionary<string, Pending> _pending = new();
    private readonly ConcurrentDictionary<string, byte> _connected = new();
    private readonly TimeProvider _clock;
    private MqttServer? _server;

    /// <summary>No link yet.</summary>
    /// <param name="clock">For time limits.</param>
    public SensorLinks(TimeProvider clock) => _clock = clock;

    /// <summary>Whether a sensor holds a link.</summary>
    /// <param name="sensor">The sensor.</param>
    public bool IsConnected(string sensor) => _connected.ContainsKey(sensor);

    /// <summary>Calls a direct method and waits for the answer.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="method">Its name.</param>
    /// <param name="payload">JSON.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<MethodResult> InvokeAsync(string sensor, string method, string payload, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!IsConnected(sensor) || _pending.Count >= MaxPendingMethods)
        {
            return new MethodResult(MethodOutcome.NotConnected);
        }

        var requestId = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var pending = new Pending(sensor, new TaskCompletionSource<MethodResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        _pending[requestId] = pending;
        try
        {
            return await SendAsync(sensor, IotHubTopics.Method(method, requestId), payload, MqttQualityOfServiceLevel.AtMostOnce)
                ? await pending.Answer.Task.WaitAsync(timeout, _clock, cancellationToken)
                : new MethodResult(MethodOutcome.NotConnected);
        }
        catch (TimeoutException)
        {
            return new MethodResult(MethodOutcome.TimedOut);
        }
        finally
        {
            _pending.TryRemove(requestId, out _);
        }
    }

    /// <summary>Tells a connected sensor that its desired properties changed. A sensor without a link reads its whole twin when it comes back.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="patch">The patch, a JSON object.</param>
    /// <param name="version">Version after the change.</param>
    public Task<bool> PushDesiredAsync(string sensor, string patch, long version)
    {
        var body = System.Text.Json.Nodes.JsonNode.Parse(patch)!.AsObject();
        body["$version"] = version;
        return SendAsync(sensor, IotHubTopics.DesiredChanged(version), body.ToJsonString(), MqttQualityOfServiceLevel.AtMostOnce);
    }

    /// <summary>Ends a sensor's link and its session: for revocation.</summary>
    /// <param name="sensor">The sensor.</param>
    public async Task DisconnectAsync(string sensor)
    {
        if (_server is not { } server || await FindSessionAsync(server, sensor) is not { } session)
        {
            return;
        }

        await session.DeleteAsync();
    }

    internal void Attach(MqttServer server) => _server = server;

    internal void NoteConnected(string sensor) => _connected[sensor] = 0;

    internal void NoteDisconnected(string sensor) => _connected.TryRemove(sensor, out _);

    internal void NoteAnswer(string sensor, string requestId, int status, string payload)
    {
        // Only the sensor that was asked may answer.
        if (_pending.TryGetValue(requestId, out var pending) && pending.Sensor == sensor)
        {
            pending.Answer.TrySetResult(new MethodResult(MethodOutcome.Answered, status, payload));
        }
    }

    internal async Task<bool> SendAsync(string sensor, string topic, string payload, MqttQualityOfServiceLevel quality)
    {
        if (_server is not { } server || await FindSessionAsync(server, sensor) is not { } session)
        {
            return false;
        }

        return session.TryEnqueueApplicationMessage(
            new MqttApplicationMessage { Topic = topic, PayloadSegment = Encoding.UTF8.GetBytes(payload), QualityOfServiceLevel = quality },
            out _);
    }

    // The server throws where there is no such session; asking for all would take a copy of the whole list.
    private static async Task<MqttSessionStatus?> FindSessionAsync(MqttServer server, string sensor)
    {
        try
        {
            return await server.GetSessionAsync(sensor);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private sealed record Pending(string Sensor, TaskCompletionSource<MethodResult> Answer);
}
