using System.Security.Cryptography;
using System.Text.Json;
using Culvert.CloudServices;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Where a sensor buys its client certificate: with its one-time token, or with the certificate it has.</summary>
internal static class EnrolmentEndpoint
{
    private const int MaxBytes = 32 * 1024;

    /// <summary>Most that a sensor's clock may differ, so that its certificate is valid for it and its times mean something.</summary>
    private static readonly TimeSpan MaxClockDrift = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/enrolment/v1/sensors/{sensor}/certificate", EnrolAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> EnrolAsync(
        HttpContext context, string sensor, IPortalStore store, PortalAuthority authority, SensorAuthenticator authenticator, ChangeFeed changes, TimeProvider clock, ILogger<SensorOnboarding> logger)
    {
        var now = clock.GetUtcNow();
        if (!SensorId.IsValid(sensor) || await ReadAsync(context) is not { } request)
        {
            return Refuse(StatusCodes.Status400BadRequest, RefusalCode.BadRequest, "The request is not an enrolment request.");
        }

        if ((request.SensorTime - now).Duration() > MaxClockDrift)
        {
            return SensorRequests.Answer(
                StatusCodes.Status403Forbidden,
                RefusalCode.ClockOff,
                $"The sensor's clock is {(request.SensorTime - now).TotalSeconds:0} seconds off; set it to {now:u} (at most {MaxClockDrift.TotalMinutes:0} minutes may be off).",
                now);
        }

        var (key, mistake) = CertificateRequests.Check(request.CertificateRequestPem, sensor);
        if (key is null)
        {
            return Refuse(StatusCodes.Status400BadRequest, RefusalCode.BadRequest, mistake!);
        }

        var id = new SensorId(sensor);
        using var certificate = authority.IssueSensorCertificate(id, key);
        var entry = new CertificateEntry
        {
            Serial = certificate.SerialNumber,
            Sensor = sensor,
            Thumbprint = certificate.GetCertHashString(HashAlgorithmName.SHA256),
            NotBefore = certificate.NotBefore,
            NotAfter = certificate.NotAfter,
        };
        var refusal = request.Token is { } token
            ? ForToken(await store.Sensors.ExchangeTokenAsync(
                new TokenExchange { Sensor = id, TokenHash = Secrets.Hash(token), KeyHash = SHA256.HashData(key.ExportSubjectPublicKeyInfo()), Certificate = entry, At = now },
                context.RequestAborted))
            : await RenewAsync(context, authenticator, store, sensor, entry);
        if (refusal is not null)
        {
            logger.EnrolmentRefused(sensor, context.Connection.RemoteIpAddress?.ToString());
            return refusal;
        }

        logger.Enrolled(sensor, entry.NotAfter);
        changes.Publish(ChangeKind.Sensor, sensor);
        var chain = $"{certificate.ExportCertificatePem()}\n{authority.Issuing.ExportCertificatePem()}\n";
        return Results.Json(new EnrolmentAnswer(chain, clock.GetUtcNow()), CulvertJson.Default.EnrolmentAnswer);
    }

    private static async Task<IResult?> RenewAsync(HttpContext context, SensorAuthenticator authenticator, IPortalStore store, string sensor, CertificateEntry entry)
    {
        var identity = await context.AuthenticateSensorAsync(authenticator, sensor);
        return !identity.IsProved ? SensorRequests.Refuse(identity.Outcome)
            : await store.Sensors.AddCertificateAsync(entry, context.RequestAborted) == StoreOutcome.Done ? null
            : SensorRequests.Refuse(AuthenticationOutcome.Revoked);
    }

    private static IResult? ForToken(TokenOutcome outcome) => outcome switch
    {
        TokenOutcome.Enrolled => null,
        TokenOutcome.Used => Refuse(StatusCodes.Status403Forbidden, RefusalCode.TokenUsed, "The activation file was used before. Download a new one from the portal."),
        TokenOutcome.Expired => Refuse(StatusCodes.Status403Forbidden, RefusalCode.TokenExpired, "The activation file has expired. Download a new one from the portal; it is valid for 14 days."),
        TokenOutcome.Revoked => SensorRequests.Refuse(AuthenticationOutcome.Revoked),
        _ => Refuse(StatusCodes.Status403Forbidden, RefusalCode.TokenUnknown, "The activation file is not this sensor's newest one. Download a new one from the portal."),
    };

    private static IResult Refuse(int status, string code, string message) => SensorRequests.Answer(status, code, message);

    private static async Task<EnrolmentRequest?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxBytes)
        {
            return null;
        }

        try
        {
            context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = MaxBytes;
            return await JsonSerializer.DeserializeAsync(context.Request.Body, CulvertJson.Default.EnrolmentRequest, context.RequestAborted);
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException)
        {
            return null;
        }
    }
}
