using Microsoft.Extensions.Logging;

namespace Culvert.Outbox;

internal static partial class OutboxLog
{
    [LoggerMessage(2000, LogLevel.Information, "Outbox {Directory} opened: epoch {Epoch}, {Records} records ({Bytes} bytes) waiting.")]
    public static partial void Opened(ILogger logger, string directory, long epoch, long records, long bytes);

    [LoggerMessage(2001, LogLevel.Warning, "Dropped {Count} records of {Stream}: the outbox is full ({MaxBytes} bytes), or they were too large for a message.")]
    public static partial void Dropped(ILogger logger, long count, RecordStream stream, long maxBytes);

    [LoggerMessage(2002, LogLevel.Error, "Records of {Stream} that are damaged on the disk were taken out: {Count}.")]
    public static partial void Damaged(ILogger logger, RecordStream stream, int count);

    [LoggerMessage(2003, LogLevel.Error, "The outbox was damaged ({Reason}) and set aside as {SetAside}: {Kept} records kept, {Lost} lost.")]
    public static partial void Repaired(ILogger logger, string setAside, string reason, long kept, long? lost);

    [LoggerMessage(2004, LogLevel.Error, "The outbox cannot accept records ({Trouble}): {Reason}. What was accepted is safe; trying again.")]
    public static partial void TroubleBegan(ILogger logger, OutboxTrouble trouble, string reason);

    [LoggerMessage(2005, LogLevel.Information, "The outbox accepts records again.")]
    public static partial void TroubleEnded(ILogger logger);
}
