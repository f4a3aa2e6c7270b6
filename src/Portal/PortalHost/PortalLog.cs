namespace Culvert.PortalHost;

/// <summary>Log events 7000 to 7999.</summary>
internal static partial class PortalLog
{
    [LoggerMessage(7001, LogLevel.Information, "Sensor {Sensor} has a certificate until {NotAfter}")]
    public static partial void Enrolled(this ILogger logger, string sensor, DateTimeOffset notAfter);

    [LoggerMessage(7002, LogLevel.Warning, "Enrolment of {Sensor} from {Address} refused")]
    public static partial void EnrolmentRefused(this ILogger logger, string sensor, string? address);

    [LoggerMessage(7010, LogLevel.Warning, "Sensor {Sensor} is disconnected")]
    public static partial void Disconnected(this ILogger logger, string sensor);

    [LoggerMessage(7011, LogLevel.Error, "Looking for silent sensors failed")]
    public static partial void WatchFailed(this ILogger logger, Exception error);

    [LoggerMessage(7020, LogLevel.Information, "{Rows} rows older than their retention were removed")]
    public static partial void Pruned(this ILogger logger, long rows);

    [LoggerMessage(7021, LogLevel.Error, "Removing what is older than its retention failed")]
    public static partial void PruneFailed(this ILogger logger, Exception error);
}
