using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Culvert.Browser.Tests.Portal;

/// <summary>A sensor as far as the portal can tell: enrols with its activation file and sends records by mutual TLS. Its measurements are made up, its ways are the real ones.</summary>
internal sealed class PlantSensor : IDisposable
{
    private readonly HttpClient _client;
    private readonly Dictionary<RecordStream, long> _sequences = [];

    private PlantSensor(string name, HttpClient client) => (Name, _client) = (name, client);

    public string Name { get; }

    /// <summary>Enrols and gives the sensor.</summary>
    public static async Task<PlantSensor> EnrolAsync(ActivationFile file, Uri portal)
    {
        var content = JsonSerializer.Deserialize(Convert.FromBase64String(file.Content), CulvertJson.Default.ActivationContent)!;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest($"CN={content.Sensor}", key, HashAlgorithmName.SHA384).CreateSigningRequestPem();
        using var anonymous = Client(portal, content, null);
        var body = JsonSerializer.Serialize(new EnrolmentRequest(content.EnrolmentToken, request, TimeProvider.System.GetUtcNow()), CulvertJson.Default.EnrolmentRequest);
        using var posted = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await anonymous.PostAsync(new Uri($"/enrolment/v1/sensors/{content.Sensor}/certificate", UriKind.Relative), posted);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        using var leaf = X509Certificate2.CreateFromPem(JsonSerializer.Deserialize(text, CulvertJson.Default.EnrolmentAnswer)!.CertificatePem);
        return new PlantSensor(content.Sensor, Client(portal, content, leaf.CopyWithPrivateKey(key)));
    }

    public Task SendAsync(params IReadOnlyList<DeviceRecord> devices) => SendAsync(RecordStream.Inventory, devices, CulvertJson.Default.DeviceRecord);

    public Task SendAsync(params IReadOnlyList<AlertRecord> alerts) => SendAsync(RecordStream.Alerts, alerts, CulvertJson.Default.AlertRecord);

    public Task SendAsync(params IReadOnlyList<TrafficRecord> traffic) => SendAsync(RecordStream.Traffic, traffic, CulvertJson.Default.TrafficRecord);

    public Task SendAsync(HealthRecord health) => SendAsync(RecordStream.Health, [health], CulvertJson.Default.HealthRecord);

    /// <summary>Sends a body as it is, right or wrong.</summary>
    public async Task SendRawAsync(string body)
    {
        using var answer = await PostAsync(body);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Sends a body, and tells whether the portal took it.</summary>
    public async Task<bool> TrySendRawAsync(string body)
    {
        try
        {
            using var answer = await PostAsync(body);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Refused already in the handshake.
            return false;
        }
    }

    public void Dispose() => _client.Dispose();

    private static HttpClient Client(Uri portal, ActivationContent content, X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPem(content.TrustPem);
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        return new HttpClient(handler) { BaseAddress = portal, Timeout = TimeSpan.FromSeconds(60) };
    }

    private async Task<HttpResponseMessage> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await _client.PostAsync(new Uri("/records/messages", UriKind.Relative), content);
    }

    private Task SendAsync<T>(RecordStream stream, IReadOnlyList<T> bodies, JsonTypeInfo<T> type) => SendRawAsync(JsonSerializer.Serialize(
        [.. bodies.Select(b => new RecordEnvelope { Stream = stream, Epoch = 1, Sequence = Next(stream), Body = JsonSerializer.SerializeToElement(b, type) })],
        CulvertJson.Default.RecordEnvelopeArray));

    private long Next(RecordStream stream) => _sequences[stream] = _sequences.GetValueOrDefault(stream) + 1;
}
