using System.Collections.Concurrent;
using System.Text;
using Culvert.Tunnels;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Culvert.Uplink;

/// <summary>One MQTT session with the hub, from CONNECT until it is lost.</summary>
internal sealed class HubSession : IDisposable
{
    private const int MaxWaitingRequests = 64;

    // More than a person or a script waits for at once; whatever calls oftener is told to wait.
    private const int MaxRunningMethods = 8;

    private static readonly byte[] TooMany = Encoding.UTF8.GetBytes("""{"message":"Too many commands at once; try again."}""");

    private readonly IMqttClient _client;
    private readonly SensorId _sensor;
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<(int Status, byte[] Body)>> _requests = new();
    private int _runningMethods;

    private HubSession(IMqttClient client, SensorId sensor)
    {
        (_client, _sensor) = (client, sensor);
        _client.DisconnectedAsync += OnDisconnectedAsync;
        _client.ApplicationMessageReceivedAsync += OnMessageAsync;
    }

    /// <summary>Ends, with the reason, when the session is lost.</summary>
    public Task<string> Lost => _lost.Task;

    /// <summary>Called for each change of the desired properties.</summary>
    public Action<long?, byte[]>? DesiredChanged { get; set; }

    /// <summary>Called for each direct method: name and payload in, status and payload out.</summary>
    public Func<string, byte[], Task<(int Status, byte[] Body)>>? MethodCalled { get; set; }

    /// <summary>Connects. The result is null when the hub accepted, else its refusal.</summary>
    public static async Task<(HubSession? Session, MqttClientConnectResultCode Code, string? Reason)> ConnectAsync(
        HubOptions options, CloudAccess access, SilenceWatch? watch, CancellationToken cancellationToken)
    {
        var client = new MqttClientFactory().CreateMqttClient(new TunnelChannelFactory(access, watch));
        var session = new HubSession(client, options.Sensor);
        // The client keeps its own time limit only where it is given no token: without this, a server that takes the connection and says nothing would hold the sensor for good.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        try
        {
            var host = access[CloudService.IotHub].Address.Host;
            var mqtt = new MqttClientOptionsBuilder()
                .WithClientId(options.Sensor.Value)
                .WithCleanSession(false)
                .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V311)
                .WithKeepAlivePeriod(options.KeepAliveAdvice?.Interval ?? options.KeepAlive)
                .WithTimeout(options.Timeout)
                .WithCredentials($"{host}/{options.Sensor}/?api-version=2021-04-12&DeviceClientType={Uri.EscapeDataString($"culvert/{options.SoftwareVersion}")}", options.Password?.Invoke())
                // Only to satisfy the options' own check; the channel factory decides where to.
                .WithTcpServer(host)
                .Build();
            var answer = await client.ConnectAsync(mqtt, limit.Token);
            if (answer.ResultCode == MqttClientConnectResultCode.Success)
            {
                await session.SubscribeAsync(limit.Token);
                return (session, answer.ResultCode, null);
            }

            session.Dispose();
            return (null, answer.ResultCode, answer.ReasonString);
        }
        catch (Exception e) when (e is OperationCanceledException or MqttCommunicationTimedOutException)
        {
            session.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"The hub did not answer within {options.Timeout.TotalSeconds:0} s.", e);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Publishes records and waits until the hub has committed them (PUBACK). Throws where the session is lost meanwhile.</summary>
    public async Task PublishRecordsAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_client.Options.Timeout);
        MqttClientPublishResult answer;
        try
        {
            answer = await _client.PublishAsync(Message(HubTopics.Records(_sensor), payload, MqttQualityOfServiceLevel.AtLeastOnce), limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or MqttCommunicationTimedOutException)
        {
            // The client calls every end of its token a time-out.
            cancellationToken.ThrowIfCancellationRequested();
            // The link lives, for keep-alives are answered, but the hub acknowledges nothing: begin anew, perhaps with another of its nodes.
            var reason = $"The hub acknowledged nothing within {_client.Options.Timeout.TotalSeconds:0} s.";
            Lose(reason);
            throw new IOException(reason, e);
        }

        if (!answer.IsSuccess)
        {
            throw new IOException($"The hub did not take the records: {answer.ReasonCode}.");
        }
    }

    /// <summary>Gets the twin: <c>{"desired":{…,"$version":n},"reported":{…}}</c>.</summary>
    public async Task<byte[]> GetTwinAsync(CancellationToken cancellationToken)
    {
        // IoT Hub's own client sends one space.
        var (status, body) = await RequestAsync(HubTopics.GetTwin, " "u8.ToArray(), cancellationToken);
        return status == 200 ? body : throw new IOException($"The hub answered the request for the twin with {status}.");
    }

    /// <summary>Reports properties.</summary>
    public async Task ReportAsync(ReadOnlyMemory<byte> properties, CancellationToken cancellationToken)
    {
        var (status, _) = await RequestAsync(HubTopics.Report, properties, cancellationToken);
        if (status is not (200 or 204))
        {
            throw new IOException($"The hub answered the report of properties with {status}.");
        }
    }

    /// <summary>Says goodbye, so that the hub does not take the end for a failure.</summary>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        if (_client.IsConnected)
        {
            await _client.DisconnectAsync(new MqttClientDisconnectOptions(), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        Lose("closed");
    }

    private static MqttApplicationMessage Message(string topic, ReadOnlyMemory<byte> payload, MqttQualityOfServiceLevel quality) => new()
    {
        Topic = topic,
        Payload = new System.Buffers.ReadOnlySequence<byte>(payload),
        QualityOfServiceLevel = quality,
    };

    private async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        var options = new MqttClientSubscribeOptions();
        foreach (var topic in (string[])[HubTopics.TwinAnswers, HubTopics.DesiredChanges, HubTopics.Methods])
        {
            options.TopicFilters.Add(new MqttTopicFilter { Topic = topic, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtMostOnce });
        }

        await _client.SubscribeAsync(options, cancellationToken);
    }

    private async Task<(int Status, byte[] Body)> RequestAsync(Func<string, string> topic, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (_requests.Count >= MaxWaitingRequests)
        {
            throw new IOException("The hub leaves too many requests unanswered.");
        }

        var request = Guid.NewGuid().ToString("N");
        var answer = new TaskCompletionSource<(int, byte[])>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests[request] = answer;
        try
        {
            await _client.PublishAsync(Message(topic(request), payload, MqttQualityOfServiceLevel.AtMostOnce), cancellationToken);
            return await answer.Task.WaitAsync(_client.Options.Timeout, cancellationToken);
        }
        finally
        {
            _requests.TryRemove(request, out _);
        }
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs e)
    {
        Lose(e.Exception?.Message ?? e.ReasonString ?? e.Reason.ToString());
        return Task.CompletedTask;
    }

    private void Lose(string reason)
    {
        _lost.TrySetResult(reason);
        foreach (var waiting in _requests.Values)
        {
            waiting.TrySetException(new IOException($"The session with the hub was lost: {reason}"));
        }
    }

    private async Task OnMessageAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        var topic = e.ApplicationMessage.Topic;
        var body = System.Buffers.BuffersExtensions.ToArray(e.ApplicationMessage.Payload);
        if (HubTopics.TryReadTwinAnswer(topic, out var status, out var request))
        {
            if (_requests.TryGetValue(request, out var waiting))
            {
                waiting.TrySetResult((status, body));
            }
        }
        else if (HubTopics.TryReadDesiredChange(topic, out var version))
        {
            DesiredChanged?.Invoke(version, body);
        }
        else if (HubTopics.TryReadMethod(topic, out var name, out var call))
        {
            if (Interlocked.Increment(ref _runningMethods) > MaxRunningMethods)
            {
                Interlocked.Decrement(ref _runningMethods);
                await AnswerAsync(call, 429, TooMany);
            }
            else
            {
                // Not awaited: messages come one after the other, and an upload of minutes must not hold up settings.
                _ = RunMethodAsync(name, body, call);
            }
        }
    }

    private async Task RunMethodAsync(string name, byte[] body, string call)
    {
        try
        {
            var (code, answer) = MethodCalled is { } method ? await method(name, body) : (501, Encoding.UTF8.GetBytes("{}"));
            await AnswerAsync(call, code, answer);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The session was lost or is ending: nobody waits for the answer any more.
        }
        finally
        {
            Interlocked.Decrement(ref _runningMethods);
        }
    }

    private Task<MqttClientPublishResult> AnswerAsync(string call, int code, byte[] body) =>
        _client.PublishAsync(Message(HubTopics.MethodAnswer(code, call), body, MqttQualityOfServiceLevel.AtMostOnce));
}
