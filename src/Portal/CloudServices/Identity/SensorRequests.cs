using Microsoft.AspNetCore.Http;

namespace Culvert.CloudServices;

/// <summary>Identity of the sensor behind an HTTP request, and the answers when there is none.</summary>
public static class SensorRequests
{
    /// <summary>Which sensor sent the request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="authenticator">The check.</param>
    /// <param name="claimed">The sensor that the request names; null where it names none.</param>
    public static async Task<SensorIdentity> AuthenticateSensorAsync(this HttpContext context, SensorAuthenticator authenticator, string? claimed) =>
        await authenticator.AuthenticateAsync(
            await context.Connection.GetClientCertificateAsync(context.RequestAborted), context.Request.Headers.Authorization.ToString(), claimed, context.RequestAborted);

    /// <summary>The answer to a peer that did not prove to be the sensor.</summary>
    /// <param name="outcome">Why not.</param>
    public static IResult Refuse(AuthenticationOutcome outcome) => outcome switch
    {
        AuthenticationOutcome.Revoked => Answer(StatusCodes.Status403Forbidden, RefusalCode.SensorRevoked, "The sensor was revoked or deleted. Onboard it again and use the new activation file."),
        AuthenticationOutcome.OtherSensor => Answer(StatusCodes.Status403Forbidden, RefusalCode.BadRequest, "The certificate or token belongs to another sensor than the request names."),
        AuthenticationOutcome.Missing => Answer(StatusCodes.Status401Unauthorized, RefusalCode.BadRequest, "A client certificate or a SAS token is needed."),
        _ => Answer(StatusCodes.Status401Unauthorized, RefusalCode.BadRequest, "The certificate or token is not one that this portal gave out, or it has ended."),
    };

    /// <summary>A refusal in the words of the wire contract.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">One of <see cref="RefusalCode"/>.</param>
    /// <param name="message">One sentence that says what to do.</param>
    /// <param name="cloudTime">The cloud's clock, where the reason is time.</param>
    public static IResult Answer(int status, string code, string message, DateTimeOffset? cloudTime = null) =>
        Results.Json(new Refusal(code, message, cloudTime), CulvertJson.Default.Refusal, statusCode: status);
}
