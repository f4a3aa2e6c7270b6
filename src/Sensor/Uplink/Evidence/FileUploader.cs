using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Culvert.Uplink;

/// <summary>Uploads files by IoT Hub's file-upload flow: asks the hub for a place, puts the blob there with the official client, tells the hub. All of it through the tunnels.</summary>
internal sealed class FileUploader(CloudAccess access, SensorId sensor)
{
    private const string ApiVersion = "api-version=2021-04-12";
    private const int Attempts = 5;

    /// <summary>Uploads. Throws <see cref="IOException"/> where it does not arrive; the hub is told of a failure where possible.</summary>
    public async Task UploadAsync(string blobName, Stream content, CancellationToken cancellationToken)
    {
        var place = await AskForPlaceAsync(blobName, cancellationToken);
        try
        {
            await PutAsync(place, content, cancellationToken);
        }
        catch (Exception e) when (e is RequestFailedException or IOException or HttpRequestException or AggregateException)
        {
            await NotifyAsync(place.CorrelationId, false, 500, e.GetType().Name, cancellationToken);
            throw new IOException($"The upload of {blobName} failed: {e.Message}", e);
        }

        await NotifyAsync(place.CorrelationId, true, 201, "Created", cancellationToken);
    }

    private async Task<UploadPlace> AskForPlaceAsync(string blobName, CancellationToken cancellationToken)
    {
        using var body = await BodyAsync(new UploadRequest(blobName), UploadJson.Default.UploadRequest, cancellationToken);
        using var answer = await access.Client(CloudService.IotHub).PostAsync(Relative($"devices/{Uri.EscapeDataString(sensor.Value)}/files?{ApiVersion}"), body, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new IOException($"The hub answered the request to upload with {(int)answer.StatusCode}.");
        }

        try
        {
            return await answer.Content.ReadFromJsonAsync(UploadJson.Default.UploadPlace, cancellationToken) ?? throw new IOException("The hub named no place to upload to.");
        }
        catch (JsonException e)
        {
            throw new IOException($"The hub's place to upload to cannot be read: {e.Message}", e);
        }
    }

    private async Task PutAsync(UploadPlace place, Stream content, CancellationToken cancellationToken)
    {
        var uri = new Uri($"https://{place.HostName}/{place.ContainerName}/{string.Join('/', place.BlobName.Split('/').Select(Uri.EscapeDataString))}{WithMark(place.SasToken)}");
        var allowed = access[CloudService.Blob].Address;
        if (!uri.Host.Trim('[', ']').Equals(allowed.Host, StringComparison.OrdinalIgnoreCase) || uri.Port != allowed.Port)
        {
            // Evidence goes to the endpoint of the activation file and nowhere else, whatever the hub says.
            throw new IOException($"The hub names {uri.Host}:{uri.Port} to upload to; the blob endpoint is {allowed}.");
        }

        var options = new Azure.Storage.Blobs.BlobClientOptions { Transport = new HttpClientTransport(access.Client(CloudService.Blob)) };
        options.Retry.MaxRetries = Attempts;
        options.Retry.Mode = RetryMode.Exponential;
        options.Diagnostics.IsLoggingEnabled = false;
        var blob = new BlockBlobClient(uri, options);
        await blob.UploadAsync(content, new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "application/vnd.tcpdump.pcap" } }, cancellationToken);
    }

    private async Task NotifyAsync(string correlationId, bool succeeded, int status, string description, CancellationToken cancellationToken)
    {
        using var body = await BodyAsync(new UploadNotice(correlationId, succeeded, status, description), UploadJson.Default.UploadNotice, cancellationToken);
        using var answer = await access.Client(CloudService.IotHub).PostAsync(
            Relative($"devices/{Uri.EscapeDataString(sensor.Value)}/files/notifications?{ApiVersion}"), body, cancellationToken);
        if (succeeded && !answer.IsSuccessStatusCode)
        {
            throw new IOException($"The hub answered the notice of the upload with {(int)answer.StatusCode}.");
        }
    }

    private static async Task<JsonContent> BodyAsync<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var body = JsonContent.Create(value, type);
        await body.LoadIntoBufferAsync(cancellationToken);
        return body;
    }

    private static string WithMark(string token) => token.StartsWith('?') ? token : "?" + token;

    private static Uri Relative(string path) => new(path, UriKind.Relative);
}

/// <summary>Asks for a place to upload to.</summary>
internal sealed record UploadRequest(string BlobName);

/// <summary>The place: host name (with port where it is not 443), container, blob, and the token that opens it.</summary>
internal sealed record UploadPlace(string CorrelationId, string HostName, string ContainerName, string BlobName, string SasToken);

/// <summary>Tells how the upload went.</summary>
internal sealed record UploadNotice(string CorrelationId, bool IsSuccess, int StatusCode, string StatusDescription);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(UploadRequest))]
[JsonSerializable(typeof(UploadPlace))]
[JsonSerializable(typeof(UploadNotice))]
internal sealed partial class UploadJson : JsonSerializerContext;
