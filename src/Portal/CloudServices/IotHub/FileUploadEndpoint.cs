using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Culvert.CloudServices;

/// <summary>IoT Hub's file upload: where a sensor may put a blob, and its word when it has.</summary>
internal static class FileUploadEndpoint
{
    private const int MaxBytes = 8 * 1024;
    private const int MaxNameLength = 512;
    private static readonly TimeSpan SasLifetime = TimeSpan.FromHours(1);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/devices/{sensor}/files", BeginAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        // The REST reference names the correlation id in the body only; the official Node client in the path as well.
        routes.MapPost("/devices/{sensor}/files/notifications/{correlationId?}", EndAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> BeginAsync(HttpContext context, string sensor, SensorAuthenticator authenticator, BlobSigner signer, CloudServicesOptions options, TimeProvider clock)
    {
        var identity = await context.AuthenticateSensorAsync(authenticator, sensor);
        if (!identity.IsProved)
        {
            return SensorRequests.Refuse(identity.Outcome);
        }

        if (await ReadNameAsync(context.Request) is not { } name || options.Address() is not { } address)
        {
            return SensorRequests.Answer(
                StatusCodes.Status400BadRequest, RefusalCode.BadRequest, $"A blobName of 1 to {MaxNameLength} characters without empty, '.' or '..' parts is needed.");
        }

        var blob = $"{sensor}/{name}";
        var now = clock.GetUtcNow();
        var sas = signer.Sign(CloudServicesOptions.EvidenceContainer, blob, "rcw", now - TimeSpan.FromMinutes(10), now + SasLifetime);
        return Results.Json(new FileUploadAnswer(
            string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds()}_{Guid.NewGuid():N}"),
            $"{address}/{CloudServicesOptions.Account}",
            CloudServicesOptions.EvidenceContainer,
            blob,
            $"?{sas}"));
    }

    private static async Task<IResult> EndAsync(HttpContext context, string sensor, SensorAuthenticator authenticator)
    {
        var identity = await context.AuthenticateSensorAsync(authenticator, sensor);
        return identity.IsProved ? Results.NoContent() : SensorRequests.Refuse(identity.Outcome);
    }

    private static async Task<string?> ReadNameAsync(HttpRequest request)
    {
        if (await BodyReader.ReadAsync(request, MaxBytes) is not { } body)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            var name = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("blobName", out var value) ? value.GetString() : null;
            return name is { Length: > 0 and <= MaxNameLength } && name.Split('/').All(p => p is not ("" or "." or "..")) && !name.Any(c => char.IsControl(c) || c is '\\' or '?' or '#') ? name : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private sealed record FileUploadAnswer(string CorrelationId, string HostName, string ContainerName, string BlobName, string SasToken);
}
