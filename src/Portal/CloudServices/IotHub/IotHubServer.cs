using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet.AspNetCore;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Culvert.CloudServices;

/// <summary>IoT Hub's MQTT on the embedded broker: who may come in, what may be said, and PUBACK after the commit.</summary>
internal sealed class IotHubServer(
    MqttHostedServer server, IPortalStore store, SensorAuthenticator authenticator, IngestQueue queue, SensorLinks links, ChangeFeed changes, TimeProvider clock, ILogger<IotHubServer> logger)
    : IHostedService
{
    // Longer than any commit; after it the link is closed, so that the sensor sends again.
    private static readonly TimeSpan CommitLimit = TimeSpan.FromSeconds(30);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        links.Attach(server);
        server.ValidatingConnectionAsync += ValidateAsync;
        server.InterceptingSubscriptionAsync += CheckSubscription;
        server.InterceptingPublishAsync += ReceiveAsync;
        server.ClientConnectedAsync += e => NoteAsync(e.ClientId, connected: true);
        server.ClientDisconnectedAsync += e => NoteAsync(e.ClientId, connected: false);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task ValidateAsync(ValidatingConnectionEventArgs e)
    {
        // user name: HOST/SENSOR/?api-version=… ; the client id is the sensor.
        var parts = e.UserName?.Split('/', 3);
        var identity = SensorId.IsValid(e.ClientId) && parts is { Length: >= 2 } && parts[1] == e.ClientId
            ? await authenticator.AuthenticateAsync(e.ClientCertificate, e.Password, e.ClientId, e.CancellationToken)
            : SensorIdentity.Refused(AuthenticationOutcome.OtherSensor);
        var address = e.RemoteEndPoint?.ToString();
        if (identity.IsProved)
        {
            e.ReasonCode = MqttConnectReasonCode.Success;
            logger.SignedIn(e.ClientId, address);
        }
        else
        {
            e.ReasonCode = identity.Outcome == AuthenticationOutcome.Revoked ? MqttConnectReasonCode.NotAuthorized : MqttConnectReasonCode.BadUserNameOrPassword;
            logger.SignInRefused(SensorId.IsValid(e.ClientId) ? e.ClientId : "(not a sensor name)", address, identity.Outcome);
        }
    }

    private async Task NoteAsync(string sensor, bool connected)
    {
        if (connected)
        {
            links.NoteConnected(sensor);
            if (await store.Sensors.NoteContactAsync(sensor, clock.GetUtcNow(), CancellationToken.None))
            {
                changes.Publish(ChangeKind.Sensor, sensor);
            }
        }
        else
        {
            links.NoteDisconnected(sensor);
            logger.SignedOut(sensor);
        }
    }

    private Task CheckSubscription(InterceptingSubscriptionEventArgs e)
    {
        if (!IotHubTopics.MaySubscribe(e.ClientId, e.TopicFilter.Topic))
        {
            e.ProcessSubscription = false;
            e.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized;
            logger.NotAllowed(e.ClientId, "a subscription to another's topic");
            e.CloseConnection = true;
        }

        return Task.CompletedTask;
    }

    private async Task ReceiveAsync(InterceptingPublishEventArgs e)
    {
        // Nothing is passed on from client to client: every message ends here.
        e.ProcessPublish = false;
        var topic = e.ApplicationMessage.Topic;
        try
        {
            if (e.ApplicationMessage.Payload.Length > CloudServicesOptions.MaxMessageBytes)
            {
                Close(e, "a message above 256 KiB");
            }
            else if (topic.StartsWith(IotHubTopics.Events(e.ClientId), StringComparison.Ordinal))
            {
                await StoreAsync(e, topic);
            }
            else if (topic.StartsWith(IotHubTopics.TwinGet, StringComparison.Ordinal))
            {
                await SendTwinAsync(e.ClientId, topic);
            }
            else if (topic.StartsWith(IotHubTopics.TwinReported, StringComparison.Ordinal))
            {
                await TakeReportedAsync(e.ClientId, topic, e.ApplicationMessage.Payload);
            }
            else if (topic.StartsWith(IotHubTopics.MethodAnswer, StringComparison.Ordinal))
            {
                var status = topic[IotHubTopics.MethodAnswer.Length..].Split('/')[0];
                links.NoteAnswer(
                    e.ClientId,
                    IotHubTopics.Property(topic, "$rid") ?? "",
                    int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0,
                    Encoding.UTF8.GetString(e.ApplicationMessage.Payload));
            }
            else
            {
                Close(e, "a message to a topic that is not its own");
            }
        }
        catch (Exception error)
        {
            // Without an acknowledgement the sensor sends again.
            logger.RequestFailed(error, e.ClientId);
            e.CloseConnection = true;
        }
    }

    private void Close(InterceptingPublishEventArgs e, string what)
    {
        logger.NotAllowed(e.ClientId, what);
        e.CloseConnection = true;
    }

    private async Task StoreAsync(InterceptingPublishEventArgs e, string topic)
    {
        var sensor = new SensorId(e.ClientId);
        var payload = e.ApplicationMessage.Payload.ToArray();
        var records = IotHubTopics.Property(topic, "schema") == RecordReader.Schema
            ? RecordReader.Read(sensor, payload)
            : [RecordReader.Reject(sensor, null, $"the message property schema is not {RecordReader.Schema}", payload)];
        using var limit = new CancellationTokenSource(CommitLimit, clock);
        // Awaited here, because the broker sends PUBACK when this returns.
        if (await queue.StorePatientlyAsync(records, limit.Token) != IngestResult.Committed)
        {
            e.CloseConnection = true;
        }
    }

    private async Task SendTwinAsync(string sensor, string topic)
    {
        var requestId = IotHubTopics.Property(topic, "$rid") ?? "";
        if (await store.Twins.FindAsync(sensor, CancellationToken.None) is not { } twin)
        {
            await AnswerAsync(sensor, IotHubTopics.TwinAnswer(404, requestId), "");
            return;
        }

        var desired = JsonNode.Parse(twin.Desired)!.AsObject();
        desired["$version"] = twin.DesiredVersion;
        var reported = JsonNode.Parse(twin.Reported)!.AsObject();
        reported["$version"] = twin.ReportedVersion;
        await AnswerAsync(sensor, IotHubTopics.TwinAnswer(200, requestId), new JsonObject { ["desired"] = desired, ["reported"] = reported }.ToJsonString());
    }

    private async Task TakeReportedAsync(string sensor, string topic, ReadOnlySequence<byte> payload)
    {
        var requestId = IotHubTopics.Property(topic, "$rid") ?? "";
        JsonObject? patch;
        try
        {
            patch = JsonNode.Parse(payload.ToArray()) as JsonObject;
        }
        catch (JsonException)
        {
            patch = null;
        }

        if (patch is null || await store.Twins.PatchReportedAsync(sensor, patch, CancellationToken.None) is not { } twin)
        {
            await AnswerAsync(sensor, IotHubTopics.TwinAnswer(400, requestId), """{"errorCode":400,"message":"The patch must be a JSON object, and the result at most 32 KiB."}""");
            return;
        }

        changes.Publish(ChangeKind.Twin, sensor);
        await AnswerAsync(sensor, IotHubTopics.TwinAnswer(204, requestId, twin.ReportedVersion), "");
    }

    private Task<bool> AnswerAsync(string sensor, string topic, string payload) => links.SendAsync(sensor, topic, payload, MqttQualityOfServiceLevel.AtMostOnce);
}
