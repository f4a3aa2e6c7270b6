using System.Text.Json.Nodes;
using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.EndToEnd.Tests;

/// <summary>What goes down to a sensor: packages, settings, commands.</summary>
[Collection(OnePortal.Name)]
public sealed class CloudToSensorTests(PortalFixture fixture)
{
    private const string Newer = "2026.11.25.2";
    private const string Older = "2026.11.24.1";

    [Fact(Timeout = 300_000)]
    public async Task Packages_settings_and_commands_reach_a_sensor_and_take_effect()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var portal = await fixture.GetAsync();
        var owner = await fixture.GetOwnerAsync(cancellation);
        // Uploaded, it goes to every sensor with automatic updates, this one as well as it is onboarded.
        await owner.PostAsync("api/v1/packages", Package(Older, "203.0.113.66"), cancellation);
        await using var sensor = new Sensor(fixture.Folder, "told");
        // The plant's capture reaches out to that address in its seventh minute.
        var settings = sensor.Configure(SensorFiles.Settings(
            SensorFiles.Route("told", 1, HopReach.Nested), SensorFiles.Capture(Repository.PlantCapture, "cell-1", 25), "learningPeriod: 4m\ntelemetrySeconds: 5\n"));
        await sensor.ActivateAsync(portal, settings);
        await sensor.StartAsync(settings);
        async Task<JsonNode?> ReportedAsync(string property) => (await owner.GetAsync("api/v1/sensors/told/twin", cancellation))!["reported"]![property];
        async Task ReportsAsync(string property, string value) =>
            await Limits.UntilAsync(async () => (await ReportedAsync(property))?.ToString() == value, $"{property} becomes {value}\n{sensor.Run.Transcript()}", cancellation);

        await ReportsAsync("threatIntelligenceVersion", Older);
        await owner.PostAsync("api/v1/packages", Package(Newer, "203.0.113.66"), cancellation);
        await ReportsAsync("threatIntelligenceVersion", Newer);
        await owner.PostAsync($"api/v1/packages/{Older}/push", new JsonObject { ["sensors"] = new JsonArray("told") }, cancellation);
        await ReportsAsync("threatIntelligenceVersion", Older);

        await owner.PatchAsync("api/v1/sensors/told/twin/desired", new JsonObject { ["bandwidthCapKbps"] = 2000, ["heartbeatSeconds"] = 6 }, cancellation);
        await ReportsAsync("bandwidthCapKbps", "2000");
        await ReportsAsync("heartbeatSeconds", "6");

        string? alert = null;
        await Limits.UntilAsync(
            () =>
            {
                alert = PortalRows.Read(portal, "told").FirstOrDefault(r => r.StartsWith("alert", StringComparison.Ordinal) && r.Contains("\"malicious-address\"", StringComparison.Ordinal));
                return Task.FromResult(alert is not null);
            },
            $"the package's address raises an alert\n{sensor.Run.Transcript()}", cancellation, Limits.Delivery);
        var id = alert!.Split('\u001f')[2];
        async Task<int> CommandAsync(string command, JsonNode? body) => (await owner.PostAsync($"api/v1/sensors/told/commands/{command}", body, cancellation))!["status"]!.GetValue<int>();
        Assert.Equal(200, await CommandAsync("sendHealth", null));
        Assert.Equal(200, await CommandAsync("runChecks", null));
        Assert.Equal(200, await CommandAsync("uploadEvidence", new JsonObject { ["alertId"] = id }));
        Assert.Equal(200, await CommandAsync("closeAlert", new JsonObject { ["alertId"] = id }));
        Assert.Equal(409, await CommandAsync("learnAlert", new JsonObject { ["alertId"] = id }));
        Assert.Equal(404, await CommandAsync("closeAlert", new JsonObject { ["alertId"] = "nobody" }));
        await Limits.UntilAsync(() => Task.FromResult(PortalRows.Stored(portal, "told").Any(s => s.Key.Equals("evidence", StringComparison.OrdinalIgnoreCase) && s.Value > 0)), "the notice of the evidence arrives", cancellation);

        // What it says of itself.
        async Task<IEnumerable<string>> TelemetryAsync(string kind) =>
            (await owner.GetAsync($"api/v1/sensors/told/telemetry/{kind}?limit=200", cancellation))!["items"]!.AsArray().Select(i => i!["name"]!.GetValue<string>());
        string[] metrics = ["culvert.uplink.delivered", "culvert.outbox.accepted", "culvert.sensor.packets", "culvert.analysis.devices"];
        await Limits.UntilAsync(async () => !metrics.Except(await TelemetryAsync("metric")).Any(), $"its metrics arrive\n{sensor.Run.Transcript()}", cancellation);
        await Limits.UntilAsync(async () => (await TelemetryAsync("trace")).Contains("tunnel.dial"), $"its traces arrive\n{sensor.Run.Transcript()}", cancellation);

        // Told to end, it ends by itself.
        sensor.Run.Terminate();
        Assert.True(await sensor.Run.WaitForExitAsync(Limits.Condition) == 0, sensor.Run.Transcript());
    }

    private static JsonObject Package(string version, string address) => new()
    {
        ["version"] = version,
        ["maliciousAddresses"] = new JsonArray(new JsonObject { ["address"] = address, ["name"] = "Press line beacon" }),
        ["maliciousDomains"] = new JsonArray(),
        ["payloadSignatures"] = new JsonArray(),
        ["vulnerabilities"] = new JsonArray(),
    };
}
