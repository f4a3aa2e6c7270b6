using System.Text;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.EndToEnd.Tests;

/// <summary>Whom the portal and the sensor refuse to activate, each with its own words and exit status.</summary>
[Collection(OnePortal.Name)]
public sealed class ActivationTests(PortalFixture fixture)
{
    private const string Direct = "hosts: { portal.culvert.test: [127.0.0.1] }\n";

    [Fact(Timeout = 300_000)]
    public async Task A_file_activates_one_sensor_once()
    {
        var portal = await fixture.GetAsync();
        var file = await portal.OnboardAsync("once");
        var settings = fixture.Folder.Write("once.yaml", Direct);
        await using var first = new Sensor(fixture.Folder, "once");
        await using var second = new Sensor(fixture.Folder, "once-more");

        var (status, transcript) = await first.TryActivateAsync(file, settings);
        Assert.True(status == 0, transcript);
        // Its key is its own and nobody else's to read.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(first.Data, "identity.pem")));
        Assert.DoesNotContain("\"enrolmentToken\":\"\\w", await File.ReadAllTextAsync(Path.Combine(first.Data, "activation.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        (status, transcript) = await second.TryActivateAsync(file, settings);
        Assert.True(status == 12, $"status {status}\n{transcript}");
        Assert.Contains("was used before", transcript, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_file_that_a_newer_one_replaced_is_refused()
    {
        var portal = await fixture.GetAsync();
        var old = await portal.OnboardAsync("replaced");
        await portal.OnboardAsync("replaced", null, "--again");

        await AssertRefusedAsync("replaced", old, 15, "not this sensor's newest activation file");
    }

    [Fact(Timeout = 300_000)]
    public async Task A_file_that_has_expired_is_refused()
    {
        FakeTime.Require();
        var portal = await fixture.GetAsync();

        await AssertRefusedAsync("expired", await portal.OnboardAsync("expired", "-15d"), 11, "expired");
    }

    [Fact(Timeout = 300_000)]
    public async Task A_file_that_was_altered_is_refused_and_nothing_is_sent()
    {
        var portal = await fixture.GetAsync();
        var file = await portal.OnboardAsync("altered");
        var activation = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), CulvertJson.Default.ActivationFile)!;
        var content = Encoding.UTF8.GetString(Convert.FromBase64String(activation.Content)).Replace("cell-1", "cell-9", StringComparison.Ordinal);
        var altered = fixture.Folder.Write("altered.activation", JsonSerializer.Serialize(
            activation with { Content = Convert.ToBase64String(Encoding.UTF8.GetBytes(content)) }, CulvertJson.Default.ActivationFile));

        await AssertRefusedAsync("altered", altered, 10, "was altered after the portal signed it");
        Assert.Equal("", PortalRows.Column(portal, "altered", "activated_at"));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_revoked_sensor_is_refused()
    {
        var portal = await fixture.GetAsync();
        var file = await portal.OnboardAsync("revoked");
        await (await fixture.GetOwnerAsync(TestContext.Current.CancellationToken)).PostAsync("api/v1/sensors/revoked/revoke", null, TestContext.Current.CancellationToken);

        await AssertRefusedAsync("revoked", file, 13, "was revoked or deleted");
    }

    // The portal's certificate is ten minutes older than the portal, so eight minutes are refused by the portal and an hour by TLS.
    [Theory(Timeout = 300_000)]
    [InlineData("+1h", "seconds ahead of the cloud's")]
    [InlineData("-8m", "seconds behind the cloud's")]
    [InlineData("-1h", "the clock is behind")]
    public async Task A_clock_that_is_off_is_refused_and_the_file_is_not_used_up(string clock, string words)
    {
        FakeTime.Require();
        var portal = await fixture.GetAsync();
        var name = $"clock{clock.Replace("+", "p", StringComparison.Ordinal)}";
        var file = await portal.OnboardAsync(name);

        await AssertRefusedAsync(name, file, 14, words, FakeTime.Environment(clock));

        await using var sensor = new Sensor(fixture.Folder, name);
        var (status, transcript) = await sensor.TryActivateAsync(file, fixture.Folder.Write($"{name}.yaml", Direct));
        Assert.True(status == 0, transcript);
    }

    private async Task AssertRefusedAsync(string name, string file, int expected, string words, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var sensor = new Sensor(fixture.Folder, name);
        var (status, transcript) = await sensor.TryActivateAsync(file, fixture.Folder.Write($"{name}.yaml", Direct), environment);
        Assert.True(status == expected, $"status {status}, expected {expected}\n{transcript}");
        Assert.Contains(words, transcript, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(sensor.Data, "activation.json")));
    }
}
