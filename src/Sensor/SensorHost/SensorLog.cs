using Microsoft.Extensions.Logging;

namespace Culvert.SensorHost;

internal static partial class SensorLog
{
    [LoggerMessage(1000, LogLevel.Information, "Sensor {Sensor} of zone {Zone} in site {Site}, version {Version}.")]
    public static partial void Started(ILogger logger, string sensor, string zone, string site, string version);

    [LoggerMessage(1001, LogLevel.Warning, "No tunnel over route {Route}: {Target}, {Stage}: {Cause}. {Evidence}")]
    public static partial void DialFailed(ILogger logger, string route, string target, Stage stage, Cause cause, string? evidence);

    [LoggerMessage(1002, LogLevel.Information, "Route {Route} is in use.")]
    public static partial void RouteInUse(ILogger logger, string route);

    [LoggerMessage(1003, LogLevel.Warning, "Source {Source}: {Reason}")]
    public static partial void SourceFailed(ILogger logger, string source, string reason);

    [LoggerMessage(1004, LogLevel.Information, "Source {Source} is read to its end: {Packets} packets.")]
    public static partial void SourceFinished(ILogger logger, string source, long packets);

    [LoggerMessage(1005, LogLevel.Information, "Zone {Zone}: {Position} packets were turned into records before; they are analysed again and give no new ones.")]
    public static partial void Resumed(ILogger logger, string zone, long position);

    [LoggerMessage(1006, LogLevel.Information, "Health: {Messages}")]
    public static partial void HealthChanged(ILogger logger, string messages);

    [LoggerMessage(1007, LogLevel.Information, "A new client certificate is in use; it ends {End}.")]
    public static partial void CertificateRenewed(ILogger logger, DateTimeOffset end);

    [LoggerMessage(1008, LogLevel.Warning, "The client certificate was not renewed: {Reason} The next attempt is in {Minutes:0} minutes.")]
    public static partial void CertificateNotRenewed(ILogger logger, string reason, double minutes);

    [LoggerMessage(1009, LogLevel.Warning, "Keeping {What} failed: {Reason}")]
    public static partial void NotKept(ILogger logger, string what, string reason);

    [LoggerMessage(1010, LogLevel.Warning, "Zone {Zone}: threat-intelligence package {Version}, in use at this place of the capture before, is no longer on the disk.")]
    public static partial void PackageGone(ILogger logger, string zone, string version);

    [LoggerMessage(1011, LogLevel.Information, "The checks of the ways to the cloud ran: {Summary}")]
    public static partial void ChecksRan(ILogger logger, string summary);
}
