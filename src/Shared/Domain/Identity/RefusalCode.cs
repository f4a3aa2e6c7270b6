namespace Culvert;

/// <summary>The codes of <see cref="Refusal"/>.</summary>
public static class RefusalCode
{
    /// <summary>The enrolment token was used before.</summary>
    public const string TokenUsed = "tokenUsed";

    /// <summary>The activation file has expired.</summary>
    public const string TokenExpired = "tokenExpired";

    /// <summary>The token is not one that this cloud gave out for this sensor, or a newer file replaced it.</summary>
    public const string TokenUnknown = "tokenUnknown";

    /// <summary>The sensor was revoked or deleted.</summary>
    public const string SensorRevoked = "sensorRevoked";

    /// <summary>The sensor's clock differs too much from the cloud's.</summary>
    public const string ClockOff = "clockOff";

    /// <summary>The certificate request is not acceptable.</summary>
    public const string BadRequest = "badRequest";
}
