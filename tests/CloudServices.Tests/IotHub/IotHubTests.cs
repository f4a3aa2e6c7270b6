using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.PortalHost;
using Culvert.Storage;
using Microsoft.Data.Sqlite;
using MQTTnet;

namespace Culvert.CloudServices.Tests;

public sealed class IotHubTests(PortalFixture fixture)
{
    private InProcessPortal Portal => fixture.Portal;

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_is_acknowledged_only_after_it_is_committed(bool webSocket)
    {
        var sensor = webSocket ? "hub-ws" : "hub-tls";
        using var identity = await Portal.EnrolAsync(sensor);
        using var client = new HubClient(Portal, sensor);
        Assert.Equal(MqttClientConnectResultCode.Success, await client.ConnectAsync(identity, webSocket));
        Task sent;
        // Nothing can be committed while another writer holds the database.
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(Portal.Folder, "portal.db")};Pooling=False"))
        {
            other.Open();
            using (var hold = other.BeginTransaction(deferred: false))
            {
                sent = client.SendAsync(WireRecords.Alert(1), WireRecords.Alert(2));
                await Task.WhenAny(sent, Task.Delay(TimeSpan.FromMilliseconds(400), TimeProvider.System, TestContext.Current.CancellationToken));
                Assert.False(sent.IsCompleted, "It was acknowledged before it was committed.");
            }
        }

        await sent.WaitAsync(Until.Limit, TestContext.Current.CancellationToken);
        Assert.NotNull(await Portal.Store.Alerts.FindAsync(sensor, "a-1", TestContext.Current.CancellationToken));
        Assert.NotNull(await Portal.Store.Alerts.FindAsync(sensor, "a-2", TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_comes_again_is_acknowledged_and_not_stored_again()
    {
        const string Sensor = "hub-twice";
        using var client = await ConnectAsync(Sensor);
        await client.SendAsync(WireRecords.Alert(1), WireRecords.Alert(2), WireRecords.Alert(2));
        await client.SendAsync(WireRecords.Alert(2), WireRecords.Alert(1), WireRecords.Alert(3));
        Assert.Equal((3, 3, 0), await StatisticsAsync(Sensor, RecordStream.Alerts));
        // The same numbers in another epoch, or another stream, are other records.
        await client.SendAsync(WireRecords.Alert(1, "other", epoch: 2));
        await client.SendAsync(WireRecords.Device(1));
        Assert.Equal((4, 3, 0), await StatisticsAsync(Sensor, RecordStream.Alerts));
        Assert.Equal((1, 0, 0), await StatisticsAsync(Sensor, RecordStream.Inventory));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_cannot_be_understood_is_acknowledged_and_kept_as_a_dead_letter()
    {
        const string Sensor = "hub-dead";
        using var client = await ConnectAsync(Sensor);
        foreach (var payload in (string[])["", "{", "[1]", "[{}]", """[{"stream":"nonsense","epoch":1,"sequence":1,"body":{}}]""", """[{"stream":"alerts","epoch":1,"sequence":9,"body":null}]""",
            """[{"stream":"alerts","epoch":1,"sequence":-4,"body":{}}]""", """[{"stream":"0","epoch":1,"sequence":1,"body":{}}]"""])
        {
            await client.PublishAsync(client.EventsTopic, Encoding.UTF8.GetBytes(payload));
        }

        await client.PublishAsync($"devices/{Sensor}/messages/events/", "hello"u8.ToArray());
        await client.SendAsync(WireRecords.Alert(1));
        var letters = await Portal.Store.Ingest.ListDeadLettersAsync(Sensor, PageRequest.First, TestContext.Current.CancellationToken);
        Assert.Equal(9, letters.Total);
        Assert.Equal(1, (await StatisticsAsync(Sensor, RecordStream.Alerts)).Stored);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_twin_is_read_patched_and_pushed()
    {
        const string Sensor = "hub-twin";
        using var client = await ConnectAsync(Sensor);
        await client.SubscribeAsync("$iothub/twin/res/#");
        await client.SubscribeAsync("$iothub/twin/PATCH/properties/desired/#");
        var (topic, body) = await client.RequestAsync("$iothub/twin/GET/", " ");
        Assert.StartsWith("$iothub/twin/res/200/", topic, StringComparison.Ordinal);
        Assert.NotNull(JsonNode.Parse(body)!["desired"]!["$version"]);

        (topic, body) = await client.RequestAsync("$iothub/twin/PATCH/properties/reported/", """{"softwareVersion":"9.9","nested":{"a":1,"b":2}}""");
        Assert.StartsWith("$iothub/twin/res/204/", topic, StringComparison.Ordinal);
        Assert.Contains("$version=", topic, StringComparison.Ordinal);
        Assert.Equal("", body);
        await client.RequestAsync("$iothub/twin/PATCH/properties/reported/", """{"nested":{"a":null}}""");
        (_, body) = await client.RequestAsync("$iothub/twin/GET/", "");
        Assert.Equal("""{"b":2}""", JsonNode.Parse(body)!["reported"]!["nested"]!.ToJsonString());

        foreach (var bad in (string[])["[]", "3", "{", $$"""{"big":"{{new string('x', 40_000)}}"}"""])
        {
            (topic, body) = await client.RequestAsync("$iothub/twin/PATCH/properties/reported/", bad);
            Assert.StartsWith("$iothub/twin/res/400/", topic, StringComparison.Ordinal);
            Assert.Contains("errorCode", body, StringComparison.Ordinal);
        }

        var outcome = await Portal.Service<SensorAdministration>().DesireAsync(Sensor, new JsonObject { ["heartbeatSeconds"] = 30 }, Actor.Local, TestContext.Current.CancellationToken);
        var pushed = await client.WaitAsync(m => m.Topic.StartsWith("$iothub/twin/PATCH/properties/desired/", StringComparison.Ordinal));
        Assert.Equal(30, JsonNode.Parse(pushed.Payload)!["heartbeatSeconds"]!.GetValue<int>());
        Assert.Equal($"$iothub/twin/PATCH/properties/desired/?$version={outcome.Value!.DesiredVersion}", pushed.Topic);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_method_is_answered_by_the_sensor_that_was_asked_and_by_no_other()
    {
        using var client = await ConnectAsync("hub-method");
        using var other = await ConnectAsync("hub-method-other");
        await client.SubscribeAsync("$iothub/methods/POST/#");
        var links = Portal.Service<SensorLinks>();
        var call = links.InvokeAsync("hub-method", "ping", """{"x":1}""", Until.Limit, TestContext.Current.CancellationToken);
        var (topic, payload) = await client.WaitAsync(m => m.Topic.StartsWith("$iothub/methods/POST/ping/", StringComparison.Ordinal));
        Assert.Equal("""{"x":1}""", payload);
        var id = topic[(topic.IndexOf("$rid=", StringComparison.Ordinal) + 5)..];
        await other.PublishAsync($"$iothub/methods/res/200/?$rid={id}", "\"forged\""u8.ToArray());
        await client.PublishAsync($"$iothub/methods/res/202/?$rid={id}", "\"mine\""u8.ToArray());
        Assert.Equal(new MethodResult(MethodOutcome.Answered, 202, "\"mine\""), await call);

        Assert.Equal(MethodOutcome.NotConnected, (await links.InvokeAsync("nobody", "ping", "{}", Until.Limit, TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(MethodOutcome.TimedOut, (await links.InvokeAsync("hub-method", "slow", "{}", TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken)).Outcome);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("good", MqttClientConnectResultCode.Success)]
    [InlineData("other key", MqttClientConnectResultCode.BadUserNameOrPassword)]
    [InlineData("ended", MqttClientConnectResultCode.BadUserNameOrPassword)]
    [InlineData("other sensor's", MqttClientConnectResultCode.BadUserNameOrPassword)]
    [InlineData("altered", MqttClientConnectResultCode.BadUserNameOrPassword)]
    [InlineData("nonsense", MqttClientConnectResultCode.BadUserNameOrPassword)]
    [InlineData("none", MqttClientConnectResultCode.BadUserNameOrPassword)]
    [InlineData("revoked", MqttClientConnectResultCode.NotAuthorized)]
    public async Task A_shared_access_token_opens_the_door_of_its_own_sensor_only(string which, MqttClientConnectResultCode expected)
    {
        var sensor = $"sas-{which.Replace(' ', '-').Replace("'", "", StringComparison.Ordinal)}";
        await Portal.OnboardAsync(sensor);
        await Portal.OnboardAsync($"{sensor}-2");
        var administration = Portal.Service<SensorAdministration>();
        var key = (await administration.CreateSymmetricKeyAsync(sensor, Actor.Local, TestContext.Current.CancellationToken))!;
        var otherKey = (await administration.CreateSymmetricKeyAsync($"{sensor}-2", Actor.Local, TestContext.Current.CancellationToken))!;
        if (which == "revoked")
        {
            await administration.RevokeAsync(sensor, Actor.Local, TestContext.Current.CancellationToken);
        }

        var hour = TimeProvider.System.GetUtcNow().AddHours(1);
        var token = which switch
        {
            "other key" => HubClient.Sas(sensor, otherKey, hour),
            "ended" => HubClient.Sas(sensor, key, TimeProvider.System.GetUtcNow().AddSeconds(-5)),
            "other sensor's" => HubClient.Sas($"{sensor}-2", otherKey, hour),
            "altered" => HubClient.Sas(sensor, key, hour).Replace("&se=", "&se=9", StringComparison.Ordinal),
            "nonsense" => "SharedAccessSignature sr=&sig=%%%&se=-1",
            "none" => null,
            _ => HubClient.Sas(sensor, key, hour),
        };
        using var client = new HubClient(Portal, sensor);
        Assert.Equal(expected, await client.ConnectAsync(null, webSocket: false, token));
        if (expected == MqttClientConnectResultCode.Success)
        {
            await client.SendAsync(WireRecords.Alert(1));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_certificate_opens_the_door_of_its_own_sensor_only_and_one_of_another_ca_none()
    {
        using var identity = await Portal.EnrolAsync("cert-1");
        await Portal.OnboardAsync("cert-2");
        using var asOther = new HubClient(Portal, "cert-2");
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await asOther.ConnectAsync(identity));
        using var mixed = new HubClient(Portal, "cert-1");
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await mixed.ConnectAsync(identity, userName: "localhost/cert-2/"));
        using var odd = new HubClient(Portal, "cert-1");
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await odd.ConnectAsync(identity, clientId: "../x#+"));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var forged = new CertificateRequest("CN=cert-1", key, HashAlgorithmName.SHA384).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        using var forger = new HubClient(Portal, "cert-1");
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await forger.ConnectAsync(forged, webSocket: false));

        using var right = new HubClient(Portal, "cert-1");
        Assert.Equal(MqttClientConnectResultCode.Success, await right.ConnectAsync(identity));
        await Portal.Service<SensorAdministration>().RevokeAsync("cert-1", Actor.Local, TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => !right.IsConnected, "the link of the revoked sensor is closed");
        using var late = new HubClient(Portal, "cert-1");
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, await late.ConnectAsync(identity));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("devices/somebody-else/messages/events/")]
    [InlineData("$iothub/twin/res/200/?$rid=1")]
    [InlineData("$iothub/methods/POST/ping/?$rid=1")]
    [InlineData("devices/{0}/messages/devicebound/")]
    [InlineData("anything")]
    public async Task A_message_to_what_is_not_its_own_ends_the_link(string topic)
    {
        var sensor = $"wrong-{Math.Abs(topic.GetHashCode(StringComparison.Ordinal))}";
        using var client = await ConnectAsync(sensor);
        await client.PublishAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, topic, sensor), "{}"u8.ToArray(), quality: MQTTnet.Protocol.MqttQualityOfServiceLevel.AtMostOnce);
        await Until.TrueAsync(() => !client.IsConnected, "closed");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("#")]
    [InlineData("$iothub/#")]
    [InlineData("devices/+/messages/devicebound/#")]
    [InlineData("devices/somebody-else/messages/devicebound/#")]
    public async Task Nobody_listens_to_another(string filter)
    {
        var sensor = $"listen-{Math.Abs(filter.GetHashCode(StringComparison.Ordinal))}";
        using var client = await ConnectAsync(sensor);
        try
        {
            await client.SubscribeAsync(filter);
        }
        catch (Exception e) when (e is MQTTnet.Exceptions.MqttCommunicationException or OperationCanceledException or InvalidOperationException)
        {
            // Closed before the answer.
        }

        await Until.TrueAsync(() => !client.IsConnected, "closed");
    }

    private async Task<HubClient> ConnectAsync(string sensor)
    {
        using var identity = await Portal.EnrolAsync(sensor);
        var client = new HubClient(Portal, sensor);
        Assert.Equal(MqttClientConnectResultCode.Success, await client.ConnectAsync(identity));
        return client;
    }

    private async Task<(long Stored, long Duplicates, long DeadLetters)> StatisticsAsync(string sensor, RecordStream stream) =>
        (await Portal.Store.Ingest.ListStatisticsAsync(sensor, TestContext.Current.CancellationToken)).Where(s => s.Stream == stream).Select(s => (s.Stored, s.Duplicates, s.DeadLetters)).SingleOrDefault();
}
