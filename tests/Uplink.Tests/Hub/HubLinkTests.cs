using System.Text;
using System.Text.Json;
using Culvert.Tunnels;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Uplink.Tests;

/// <summary>The session with the hub, against a hub that misbehaves as asked.</summary>
public sealed class HubLinkTests : IDisposable
{
    private readonly ScriptedHub _hub = new();

    public void Dispose() => _hub.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Says_who_it_is_as_the_official_client_does()
    {
        await using var rig = await StartAsync();
        await Until.TrueAsync(() => rig.Runner.IsConnected, "connected");
        Assert.Equal("localhost/sensor-1/?api-version=2021-04-12&DeviceClientType=culvert%2F1.0", Assert.Single(_hub.UserNames));
        Assert.Null(Assert.Single(_hub.Passwords));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_record_waits_for_its_acknowledgement_and_is_sent_again_when_the_link_breaks_before_it()
    {
        var seen = 0;
        _hub.Reply = _ => Interlocked.Increment(ref seen) switch { 1 => HubReply.HangUp, _ => HubReply.Acknowledge };
        await using var rig = await StartAsync();
        await rig.AppendAsync(TestParts.Numbered(RecordStream.Alerts, 1), TestParts.Numbered(RecordStream.Alerts, 2));
        await rig.WaitUntilDeliveredAsync();
        var sent = _hub.Records.Select(r => Encoding.UTF8.GetString(r.Payload)).ToList();
        Assert.Equal(2, sent.Count);
        Assert.Equal(sent[0], sent[1]);
        Assert.Equal(2, _hub.Connects);
        Assert.All(_hub.Records, r => Assert.Equal(1, r.Quality));
        Assert.Equal(1, rig.Runner.RecentLosses);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_hub_that_takes_records_and_never_acknowledges_is_left_and_they_are_sent_again()
    {
        var seen = 0;
        _hub.Reply = _ => Interlocked.Increment(ref seen) == 1 ? HubReply.Silent : HubReply.Acknowledge;
        await using var rig = await StartAsync(answerTimeout: TimeSpan.FromSeconds(1));
        await rig.AppendAsync(TestParts.Numbered(RecordStream.Health, 1));
        await rig.WaitUntilDeliveredAsync();
        Assert.True(_hub.Records.Count() >= 2);
        Assert.True(_hub.Connects >= 2, "Where acknowledgements do not come, the session is not trusted any more.");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_takes_the_connection_and_says_nothing_is_left()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var toSilent = 1;
        using var access = new CloudAccess(
            TestParts.Endpoints(),
            _ => new ScriptedHttp(),
            (_, token) => InProcessPortal.ConnectAsync(Interlocked.Exchange(ref toSilent, 0) == 1 ? ((System.Net.IPEndPoint)silent.LocalEndpoint).Port : _hub.Port, token),
            new CloudReadings(TimeProvider.System));
        await using var rig = await UplinkRig.StartAsync(access, TimeProvider.System, Options(TimeSpan.FromSeconds(1)));
        await Until.TrueAsync(() => rig.Runner.IsConnected, "connected to the one that speaks");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_hub_that_does_not_answer_for_the_twin_is_left()
    {
        _hub.TwinStatus = 0;
        await using var rig = await StartAsync(answerTimeout: TimeSpan.FromSeconds(1));
        await Until.TrueAsync(() => _hub.Connects >= 2, "connected again");
        Assert.False(rig.Runner.IsConnected);
        _hub.TwinStatus = 200;
        await Until.TrueAsync(() => rig.Runner.IsConnected, "connected");
    }

    [Fact(Timeout = 60_000)]
    public async Task Sessions_that_are_cut_after_the_same_silence_shorten_the_keep_alive()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
        var learner = new KeepAliveLearner(new KeepAliveOptions(), clock, () => "main");
        await using var rig = await UplinkRig.StartAsync(TestParts.Scripted(_hub, null, clock), clock, Options() with { KeepAliveAdvice = learner });
        while (learner.ShortestCut("main") is null)
        {
            // A session may still have something to say when the silence begins; then this cut teaches nothing, and the next one will.
            await Until.TrueAsync(clock, TimeSpan.FromSeconds(1), () => rig.Runner.IsConnected, "connected");
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromSeconds(20));
            _hub.HangUp();
            await Until.TrueAsync(() => !rig.Runner.IsConnected, "lost");
        }

        Assert.InRange(learner.ShortestCut("main")!.Value.TotalSeconds, 15, 25);
        Assert.True(learner.Interval < learner.ShortestCut("main"));
    }

    [Fact(Timeout = 60_000)]
    public async Task After_hours_without_quota_it_connects_again_by_itself()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
        var open = clock.GetUtcNow().AddHours(2);
        // "Server unavailable" (MQTT 3.1.1, table 3.1): what a hub says whose quota of the day is used up.
        _hub.ConnectCode = _ => (byte)(clock.GetUtcNow() < open ? 3 : 0);
        await using var rig = await UplinkRig.StartAsync(TestParts.Scripted(_hub, null, clock), clock, Options());
        await rig.AppendAsync(TestParts.Numbered(RecordStream.Alerts, 1));
        await Until.TrueAsync(clock, TimeSpan.FromSeconds(20), () => rig.Outbox.Waiting == 0, "delivered after the quota came back");
        Assert.True(clock.GetUtcNow() >= open);
        // 2 hours at half a minute or more between attempts: never a storm.
        Assert.InRange(_hub.Connects, 2, 300);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_revoked_sensor_says_so_sends_nothing_and_comes_back_when_it_may()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
        var open = clock.GetUtcNow().AddHours(1);
        _hub.ConnectCode = _ => (byte)(clock.GetUtcNow() < open ? 5 : 0);
        using var http = new ScriptedHttp { Answer = _ => new HttpResponseMessage(System.Net.HttpStatusCode.Created) };
        await using var rig = await UplinkRig.StartAsync(TestParts.Scripted(_hub, http, clock), clock, Options(), run: false);
        rig.Access.Readings.Refused(CloudService.IotHub, new Refusal(RefusalCode.SensorRevoked, "revoked"));
        await rig.AppendAsync(TestParts.Numbered(RecordStream.Inventory, 1), TestParts.Numbered(RecordStream.Alerts, 1));
        rig.Run();
        await Until.TrueAsync(clock, TimeSpan.FromSeconds(20), () => _hub.Connects >= 2, "asked again");
        // The hub counts a CONNECT before its answer has reached the sensor, and the way itself is well.
        await Until.TrueAsync(() => rig.Access.Readings.Endpoints.Single(e => e.Service == CloudService.IotHub).Cause == Cause.IdentityRevoked, "the reason is named");
        Assert.Equal(RefusalCode.SensorRevoked, rig.Access.Readings.Revocation?.Code);
        Assert.DoesNotContain(http.Requests, r => r.Path.StartsWith("/records", StringComparison.Ordinal));
        await Until.TrueAsync(clock, TimeSpan.FromSeconds(20), () => rig.Outbox.Waiting == 0, "delivered after all");
        Assert.Null(rig.Access.Readings.Revocation);
        // Every ten minutes and no oftener.
        Assert.InRange(_hub.Connects, 2, 9);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_identity_that_does_not_fit_is_named_and_no_revocation()
    {
        _hub.ConnectCode = _ => 4;
        await using var rig = await StartAsync();
        await Until.TrueAsync(() => _hub.Connects >= 1 && rig.Log.Lines.Any(l => l.Contains("refused CONNECT", StringComparison.Ordinal)), "refused");
        Assert.Null(rig.Access.Readings.Revocation);
        Assert.Equal(Cause.IdentityRefused, rig.Access.Readings.Endpoints.Single(e => e.Service == CloudService.IotHub).Cause);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_shared_access_token_is_fresh_at_every_connect_and_never_in_the_log()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
        var key = Convert.ToBase64String(Encoding.UTF8.GetBytes("0123456789abcdef0123456789abcdef"));
        await using var rig = await UplinkRig.StartAsync(TestParts.Scripted(_hub, null, clock), clock, Options() with { HubAccess = new SharedAccess(key, null) });
        await Until.TrueAsync(() => rig.Runner.IsConnected, "connected");
        clock.Advance(TimeSpan.FromHours(2));
        _hub.HangUp();
        await Until.TrueAsync(clock, TimeSpan.FromSeconds(1), () => _hub.Passwords.Count == 2 && rig.Runner.IsConnected, "connected again");
        var passwords = _hub.Passwords.ToList();
        Assert.All(passwords, p => Assert.StartsWith("SharedAccessSignature sr=localhost%2Fdevices%2Fsensor-1&sig=", p, StringComparison.Ordinal));
        Assert.NotEqual(passwords[0], passwords[1]);
        Assert.DoesNotContain(rig.Log.Lines, l => l.Contains("sig=", StringComparison.Ordinal) || l.Contains(key, StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Streams_do_not_wait_for_each_other()
    {
        // Alerts are never acknowledged; health goes on.
        _hub.Reply = p => Encoding.UTF8.GetString(p.Payload).Contains("\"alerts\"", StringComparison.Ordinal) ? HubReply.Silent : HubReply.Acknowledge;
        await using var rig = await StartAsync();
        await rig.AppendAsync(TestParts.Numbered(RecordStream.Alerts, 1));
        await Until.TrueAsync(() => _hub.Records.Any(), "the alert is on its way");
        await rig.AppendAsync(TestParts.Numbered(RecordStream.Health, 1));
        await Until.TrueAsync(() => rig.Outbox.Waiting == 1, "health is delivered");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_command_is_answered_with_its_status_and_an_unknown_one_refused()
    {
        await using var rig = await StartAsync();
        await Until.TrueAsync(() => rig.Runner.IsConnected, "connected");
        await _hub.SendAsync("$iothub/methods/POST/ping/?$rid=a1", "{}");
        await _hub.SendAsync("$iothub/methods/POST/learnAlert/?$rid=a2", """{"alertId":"x"}""");
        await _hub.SendAsync("$iothub/methods/POST/learnAlert/?$rid=a3", "not json");
        await _hub.SendAsync("$iothub/methods/POST/formatDisk/?$rid=a4", "{}");
        await _hub.SendAsync("$iothub/methods/POST/closeAlert/?$rid=a5", """{"alertId":"y"}""");
        await _hub.SendAsync("$iothub/methods/POST/closeAlert/?$rid=a6", """{"alertId":"boom"}""");
        await _hub.SendAsync("$iothub/methods/POST/uploadEvidence/?$rid=a7", """{"alertId":"gone"}""");
        await Until.TrueAsync(() => Answers().Count == 7, "all answered");
        Assert.Equal(["200 a1", "200 a2", "400 a3", "501 a4", "404 a5", "500 a6", "404 a7"], Answers().Order(StringComparer.Ordinal).OrderBy(a => a[^2..], StringComparer.Ordinal));
        Assert.DoesNotContain(_hub.Published, p => Encoding.UTF8.GetString(p.Payload).Contains("secret detail", StringComparison.Ordinal));
        Assert.Contains("learn x", rig.Commands.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_command_that_takes_long_does_not_hold_up_settings()
    {
        await using var rig = await StartAsync();
        var gate = new TaskCompletionSource();
        rig.Commands.Gate = gate.Task;
        await Until.TrueAsync(() => rig.Runner.IsConnected, "connected");
        await _hub.SendAsync("$iothub/methods/POST/sendHealth/?$rid=b1", "{}");
        await Until.TrueAsync(() => !rig.Commands.Calls.IsEmpty, "the command runs");
        _hub.Twin = """{"desired":{"bandwidthCapKbps":900,"$version":7},"reported":{"$version":1}}""";
        await _hub.SendAsync("$iothub/twin/PATCH/properties/desired/?$version=7", """{"bandwidthCapKbps":900,"$version":7}""");
        await Until.TrueAsync(() => rig.Settings.InForce.BandwidthCapKbps == 900, "the settings are in force while the command runs");
        Assert.Empty(Answers());
        gate.SetResult();
        await Until.TrueAsync(() => Answers().Contains("200 b1"), "the command is answered");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_storm_of_commands_is_bounded()
    {
        await using var rig = await StartAsync();
        var gate = new TaskCompletionSource();
        rig.Commands.Gate = gate.Task;
        await Until.TrueAsync(() => rig.Runner.IsConnected, "connected");
        for (var i = 0; i < 100; i++)
        {
            await _hub.SendAsync($"$iothub/methods/POST/sendHealth/?$rid=c{i}", "{}");
        }

        await Until.TrueAsync(() => Answers().Count(a => a.StartsWith("429 ", StringComparison.Ordinal)) >= 80, "most are refused while some run");
        Assert.InRange(rig.Commands.Calls.Count, 1, 20);
        gate.SetResult();
        await Until.TrueAsync(() => Answers().Count == 100, "all answered");
    }

    [Fact(Timeout = 60_000)]
    public async Task Nonsense_from_the_hub_changes_nothing()
    {
        await using var rig = await StartAsync();
        await Until.TrueAsync(() => rig.Runner.IsConnected, "connected");
        foreach (var twin in (string[])["", "[]", "null", "{\"desired\":3}", "{\"desired\":{\"bandwidthCapKbps\":\"fast\"}}", "{\"desired\":{\"$version\":1e999}}", "{"])
        {
            var before = _hub.Published.Count(p => p.Topic.StartsWith("$iothub/twin/GET", StringComparison.Ordinal));
            _hub.Twin = twin;
            await _hub.SendAsync("$iothub/twin/PATCH/properties/desired/?$version=9", "x");
            await Until.TrueAsync(() => _hub.Published.Count(p => p.Topic.StartsWith("$iothub/twin/GET", StringComparison.Ordinal)) > before, "asked for the twin");
        }

        await _hub.SendAsync("$iothub/twin/res/99999999999/?$rid=1", "{}");
        await _hub.SendAsync("$iothub/methods/POST//?$rid=", "{}");
        await _hub.SendAsync("devices/other/messages/devicebound/", "{}");
        await rig.AppendAsync(TestParts.Numbered(RecordStream.Health, 1));
        await rig.WaitUntilDeliveredAsync();
        Assert.Equal(SensorSettings.DefaultCapKbps, rig.Settings.InForce.BandwidthCapKbps);
        Assert.Equal(1, _hub.Connects);
    }

    [Fact(Timeout = 60_000)]
    public async Task Reports_what_is_in_force_and_takes_away_what_no_longer_is()
    {
        _hub.Twin = """{"desired":{"bandwidthCapKbps":100,"$version":4},"reported":{"$version":1}}""";
        await using var rig = await StartAsync();
        await Until.TrueAsync(() => _hub.Reports.Any(), "reported");
        using var refused = JsonDocument.Parse(_hub.Reports.First().Payload);
        Assert.Contains("bandwidthCapKbps: 100 is outside", refused.RootElement.GetProperty("settingsError").GetString(), StringComparison.Ordinal);
        Assert.Equal(1500, refused.RootElement.GetProperty("bandwidthCapKbps").GetInt32());

        _hub.Twin = """{"desired":{"bandwidthCapKbps":800,"learning":false,"$version":5},"reported":{"$version":1}}""";
        await _hub.SendAsync("$iothub/twin/PATCH/properties/desired/?$version=5", "{}");
        await Until.TrueAsync(() => _hub.Reports.Count() >= 2, "reported again");
        using var applied = JsonDocument.Parse(_hub.Reports.Last().Payload);
        Assert.Equal(800, applied.RootElement.GetProperty("bandwidthCapKbps").GetInt32());
        Assert.False(applied.RootElement.GetProperty("learning").GetBoolean());
        Assert.Equal(5, applied.RootElement.GetProperty("appliedVersion").GetInt64());
        Assert.Equal(JsonValueKind.Null, applied.RootElement.GetProperty("settingsError").ValueKind);
    }

    private static UplinkOptions Options(TimeSpan? answerTimeout = null) =>
        new() { Sensor = TestParts.Sensor, SoftwareVersion = "1.0", AnswerTimeout = answerTimeout ?? TimeSpan.FromSeconds(30) };

    private Task<UplinkRig> StartAsync(TimeSpan? answerTimeout = null) =>
        UplinkRig.StartAsync(TestParts.Scripted(_hub, null, TimeProvider.System), TimeProvider.System, Options(answerTimeout));

    private List<string> Answers() =>
        [.. _hub.Published.Select(p => p.Topic).Where(t => t.StartsWith("$iothub/methods/res/", StringComparison.Ordinal)).Select(t => t["$iothub/methods/res/".Length..].Replace("/?$rid=", " ", StringComparison.Ordinal))];
}
