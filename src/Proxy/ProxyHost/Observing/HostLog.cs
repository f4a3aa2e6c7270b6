using Microsoft.Extensions.Logging;

namespace Culvert.ProxyHost;

/// <summary>What the program logs besides the relaying.</summary>
internal static partial class HostLog
{
    [LoggerMessage(101, LogLevel.Information, "Settings were read again")]
    public static partial void Reloaded(ILogger logger);

    [LoggerMessage(102, LogLevel.Error, "New settings are refused and the old ones stay: {Mistake}")]
    public static partial void ReloadRefused(ILogger logger, string mistake);

    [LoggerMessage(104, LogLevel.Error, "A mistake in the proxy's event loop")]
    public static partial void Mistake(ILogger logger, Exception exception);

    [LoggerMessage(103, LogLevel.Warning, "{Advice}")]
    public static partial void Advice(ILogger logger, string advice);
}
