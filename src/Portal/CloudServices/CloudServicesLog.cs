using Microsoft.Extensions.Logging;

namespace Culvert.CloudServices;

/// <summary>Log events 6000 to 6999.</summary>
internal static partial class CloudServicesLog
{
    [LoggerMessage(6001, LogLevel.Information, "Sensor {Sensor} signed in from {Address}")]
    public static partial void SignedIn(this ILogger logger, string sensor, string? address);

    [LoggerMessage(6002, LogLevel.Warning, "Sign-in as {Sensor} from {Address} refused: {Reason}")]
    public static partial void SignInRefused(this ILogger logger, string sensor, string? address, AuthenticationOutcome reason);

    [LoggerMessage(6003, LogLevel.Warning, "Sensor {Sensor} did what it may not ({What}); its link is closed")]
    public static partial void NotAllowed(this ILogger logger, string sensor, string what);

    [LoggerMessage(6004, LogLevel.Information, "Link of sensor {Sensor} ended")]
    public static partial void SignedOut(this ILogger logger, string sensor);

    [LoggerMessage(6010, LogLevel.Error, "A batch of {Records} records could not be committed; nothing of it is acknowledged")]
    public static partial void CommitFailed(this ILogger logger, Exception error, int records);

    [LoggerMessage(6011, LogLevel.Warning, "{DeadLetters} records could not be understood and are among the dead letters")]
    public static partial void DeadLettered(this ILogger logger, int deadLetters);

    [LoggerMessage(6012, LogLevel.Warning, "Sensor {Sensor} is throttled: {Waiting} records wait for a commit")]
    public static partial void Throttled(this ILogger logger, string sensor, long waiting);

    [LoggerMessage(6020, LogLevel.Error, "A request of sensor {Sensor} failed")]
    public static partial void RequestFailed(this ILogger logger, Exception error, string sensor);
}
