using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.SensorHost.Tests;

/// <summary>A good signature does not make an activation complete: each thing that lacks is named with its file and field, and nothing ends with a stack trace.</summary>
public sealed class IncompleteActivationTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly SignedActivation _signed = new();

    public static TheoryData<string, string, string> Gaps => new()
    {
        { "sensor", "\"a b\"", "sensor \"a b\" is no sensor's name" },
        { "sensor", "null", "sensor" },
        { "type", "99", "type" },
        { "site", "null", "site" },
        { "zone", "\"\"", "zone is missing" },
        { "endpoints", "null", "endpoints" },
        { "endpoints", "[]", "endpoints has none for iotHub" },
        { "endpoints", "[null]", "endpoints[0] is no endpoint" },
        { "endpoints", """[{"service":"iotHub","host":null,"port":443}]""", "endpoints[0]" },
        { "endpoints", """[{"service":"iotHub","host":"*.example.com","port":443}]""", "endpoints[0]" },
        { "endpoints", """[{"service":"iotHub","host":"a.example.com","port":0}]""", "endpoints[0]" },
        { "endpoints", """[{"service":"iotHub","host":"a.example.com","port":443},{"service":"iotHub","host":"b.example.com","port":443}]""", "endpoints[1] is a second one for iotHub" },
        { "endpoints", """[{"service":"post","host":"a.example.com","port":443}]""", "endpoints" },
        { "trustPem", "null", "trustPem" },
        { "trustPem", "\"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\"", "trustPem holds no CA certificate" },
        { "packageSigningKeyPem", "null", "packageSigningKeyPem" },
        { "packageSigningKeyPem", "\"no key\"", "packageSigningKeyPem holds no public key" },
        { "enrolmentToken", "null", "enrolmentToken" },
        { "expiresAt", "\"2001-01-01T00:00:00Z\"", "expiresAt is not after issuedAt" },
        { "issuedAt", "\"yesterday\"", "issuedAt" },
        { "version", "2", "newer form" },
    };

    [Theory]
    [MemberData(nameof(Gaps))]
    public void A_signed_file_with_a_gap_is_refused_with_file_and_field(string field, string value, string said)
    {
        var content = _signed.Json();
        content[field] = JsonNode.Parse(value);

        var refused = Refused(content.ToJsonString());

        Assert.Equal(SensorExit.BadFile, refused.Status);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CloudService.IotHub, "iotHub")]
    [InlineData(CloudService.EventHubs, "eventHubs")]
    [InlineData(CloudService.Blob, "blob")]
    [InlineData(CloudService.Downloads, "downloads")]
    [InlineData(CloudService.Telemetry, "telemetry")]
    public void A_signed_file_without_one_of_the_services_names_it(CloudService service, string name)
    {
        var lacking = _signed.Complete with { Endpoints = [.. _signed.Complete.Endpoints.Where(e => e.Service != service)] };

        var refused = Refused(JsonSerializer.Serialize(lacking, CulvertJson.Default.ActivationContent));

        Assert.Equal($"{_folder.File("a.activation")} cannot be used: endpoints has none for {name}. Download a new one from the portal.", refused.Message);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    public void A_signed_file_of_another_shape_is_refused(string content) => Assert.Equal(SensorExit.BadFile, Refused(content).Status);

    [Fact]
    public void All_gaps_are_said_at_once()
    {
        var refused = Refused(JsonSerializer.Serialize(_signed.Complete with { Site = "", Zone = "", Endpoints = [] }, CulvertJson.Default.ActivationContent));

        Assert.Contains("site is missing; zone is missing; endpoints has none", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_complete_file_is_taken() =>
        Assert.Equal("sensor-1", ActivationReader.Read(_folder.Write("a.activation", _signed.Sign(_signed.Json().ToJsonString()))).Sensor);

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("not JSON")]
    public void A_data_folder_whose_activation_is_damaged_is_no_new_sensor_and_says_so(string kept)
    {
        var folder = new SensorFolder(_folder.Root);
        File.WriteAllText(folder.Activation, kept);

        var refused = Assert.Throws<SensorException>(() => SensorIdentity.Load(folder));

        Assert.Equal(SensorExit.BadFile, refused.Status);
        Assert.StartsWith(folder.Activation, refused.Message, StringComparison.Ordinal);
        var status = StatusCommand.Describe(folder);
        Assert.False((bool)status["activated"]!);
        Assert.NotEmpty(status["activationMistakes"]!.AsArray());
    }

    [Fact]
    public void A_data_folder_whose_activation_lacks_a_service_says_which()
    {
        var folder = new SensorFolder(_folder.Root);
        SensorIdentity.KeepActivation(folder, _signed.Complete with { Endpoints = [.. _signed.Complete.Endpoints.Skip(1)] });

        var refused = Assert.Throws<SensorException>(() => SensorIdentity.Load(folder));

        Assert.Contains("endpoints has none for iotHub", refused.Message, StringComparison.Ordinal);
        Assert.Single(StatusCommand.Describe(folder)["activationMistakes"]!.AsArray());
    }

    public void Dispose()
    {
        _signed.Dispose();
        _folder.Dispose();
    }

    private SensorException Refused(string content) =>
        Assert.Throws<SensorException>(() => ActivationReader.Read(_folder.Write("a.activation", _signed.Sign(content))));
}
