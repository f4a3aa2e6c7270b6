using Microsoft.Extensions.Logging;

namespace Culvert.Uplink;

internal static partial class UplinkLog
{
    [LoggerMessage(4000, LogLevel.Information, "Connected to the hub at {Endpoint}.")]
    public static partial void HubConnected(ILogger logger, string endpoint);

    [LoggerMessage(4001, LogLevel.Warning, "No session with the hub: {Reason}. Next attempt in {Seconds:0.0} s.")]
    public static partial void HubLost(ILogger logger, string? reason, double seconds);

    [LoggerMessage(4002, LogLevel.Warning, "{Count} records of {Stream} were not delivered: {Reason}. They are sent again in {Seconds:0.0} s.")]
    public static partial void NotDelivered(ILogger logger, RecordStream stream, int count, string? reason, double seconds);

    [LoggerMessage(4003, LogLevel.Error, "The cloud refuses record {Epoch}/{Sequence} of {Stream} for good ({Reason}); it is taken out and counted as dropped.")]
    public static partial void Rejected(ILogger logger, RecordStream stream, long epoch, long sequence, string? reason);

    [LoggerMessage(4004, LogLevel.Information, "Settings version {Version} applied: {Settings}.")]
    public static partial void SettingsApplied(ILogger logger, long version, string settings);

    [LoggerMessage(4005, LogLevel.Error, "Settings version {Version} refused: {Reason}")]
    public static partial void SettingsRefused(ILogger logger, long version, string reason);

    [LoggerMessage(4006, LogLevel.Error, "Settings version {Version} rolled back: no heartbeat was acknowledged within {Seconds:0} s of applying it.")]
    public static partial void SettingsRolledBack(ILogger logger, long version, double seconds);

    [LoggerMessage(4007, LogLevel.Information, "Threat-intelligence package {Version} is in use.")]
    public static partial void PackageInUse(ILogger logger, string version);

    [LoggerMessage(4008, LogLevel.Error, "Threat-intelligence package {Version} was not taken: {Reason} The one in use stays.")]
    public static partial void PackageRefused(ILogger logger, string version, string reason);

    [LoggerMessage(4009, LogLevel.Information, "The cloud called {Method}: answered {Status}.")]
    public static partial void MethodCalled(ILogger logger, string method, int status);

    [LoggerMessage(4010, LogLevel.Information, "Evidence {Blob} of {Length} bytes was uploaded.")]
    public static partial void EvidenceUploaded(ILogger logger, string blob, long length);

    [LoggerMessage(4011, LogLevel.Warning, "{What} failed: {Reason}")]
    public static partial void StepFailed(ILogger logger, string what, string reason);
}
