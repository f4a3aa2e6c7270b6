using System.Collections.Concurrent;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Culvert.CloudServices.Tests;

/// <summary>A third-party MQTT client that speaks IoT Hub's topics, over WebSocket or TLS.</summary>
public sealed class HubClient : IDisposable
{
    private readonly InProcessPortal _portal;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();

    public HubClient(InProcessPortal portal, string sensor)
    {
        (_portal, Sensor) = (portal, sensor);
        _client.ApplicationMessageReceivedAsync += e =>
        {
            Received.Enqueue((e.ApplicationMessage.Topic, Encoding.UTF8.GetString(System.Buffers.BuffersExtensions.ToArray(e.ApplicationMessage.Payload))));
            return Task.CompletedTask;
        };
    }

    public string Sensor { get; }

    public string EventsTopic => $"devices/{Sensor}/messages/events/$.ct=application%2Fjson&$.ce=utf-8&schema=culvert.records.v1";

    public bool IsConnected => _client.IsConnected;

    public ConcurrentQueue<(string Topic, string Payload)> Received { get; } = new();

    public static string Sas(string sensor, string keyBase64, DateTimeOffset end, string host = "localhost")
    {
        var resource = Uri.EscapeDataString($"{host}/devices/{sensor}");
        var seconds = end.ToUnixTimeSeconds();
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(keyBase64), Encoding.UTF8.GetBytes($"{resource}\n{seconds}")));
        return $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(signature)}&se={seconds}";
    }

    public async Task<MqttClientConnectResultCode> ConnectAsync(X509Certificate2? identity, bool webSocket = true, string? password = null, string? userName = null, string? clientId = null)
    {
        var trust = _portal.Root;
        var options = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V311)
            .WithClientId(clientId ?? Sensor)
            .WithCleanSession(false)
            .WithTimeout(TimeSpan.FromSeconds(30))
            .WithCredentials(userName ?? $"localhost/{Sensor}/?api-version=2021-04-12&DeviceClientType=test", password)
            .WithTlsOptions(tls =>
            {
                tls.UseTls().WithSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13).WithTargetHost("localhost");
                tls.WithCertificateValidationHandler(e =>
                {
                    using var chain = new X509Chain();
                    chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                    chain.ChainPolicy.CustomTrustStore.Add(trust);
                    chain.ChainPolicy.ExtraStore.AddRange(e.Chain.ChainPolicy.ExtraStore);
                    chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                    return chain.Build(X509CertificateLoader.LoadCertificate(e.Certificate.GetRawCertData()));
                });
                if (identity is not null)
                {
                    tls.WithClientCertificates([identity]);
                }
            });
        options = webSocket
            ? options.WithWebSocketServer(o => o.WithUri($"wss://localhost:{_portal.Port}/$iothub/websocket"))
            : options.WithTcpServer("localhost", _portal.MqttPort);
        return (await _client.ConnectAsync(options.Build())).ResultCode;
    }

    public Task SubscribeAsync(string filter) =>
        _client.SubscribeAsync(new MqttClientSubscribeOptionsBuilder().WithTopicFilter(filter, MqttQualityOfServiceLevel.AtMostOnce).Build());

    /// <summary>QoS 1; completes with the acknowledgement, fails where the link is closed.</summary>
    public async Task PublishAsync(string topic, byte[] payload, MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtLeastOnce, CancellationToken cancellationToken = default) =>
        await _client.PublishAsync(new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(quality).Build(), cancellationToken);

    public Task SendAsync(params IEnumerable<string> envelopes) => PublishAsync(EventsTopic, WireRecords.Array(envelopes));

    /// <summary>Publishes a request and waits for what comes back with its id.</summary>
    public async Task<(string Topic, string Payload)> RequestAsync(string topic, string payload)
    {
        var id = Guid.NewGuid().ToString("N");
        await PublishAsync($"{topic}?$rid={id}", Encoding.UTF8.GetBytes(payload), quality: MqttQualityOfServiceLevel.AtMostOnce);
        return await WaitAsync(m => m.Topic.Contains(id, StringComparison.Ordinal));
    }

    public async Task<(string Topic, string Payload)> WaitAsync(Func<(string Topic, string Payload), bool> which)
    {
        await Until.TrueAsync(() => Received.Any(which), $"a message for {Sensor}");
        return Received.First(which);
    }

    public void Dispose() => _client.Dispose();
}
