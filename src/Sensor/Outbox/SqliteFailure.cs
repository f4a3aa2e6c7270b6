using Microsoft.Data.Sqlite;

namespace Culvert.Outbox;

/// <summary>What a failure of the store means. The numbers are SQLite's result codes.</summary>
internal static class SqliteFailure
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int CorruptCode = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;
    private const int ShortRead = InputOutput | (2 << 8);

    /// <summary>An exception that says what SQLite would say of a damaged file.</summary>
    public static SqliteException Corrupt(string reason) => new(reason, CorruptCode);

    /// <summary>Whether the file itself is damaged.</summary>
    public static bool IsDamage(SqliteException failure) =>
        failure.SqliteErrorCode is CorruptCode or NotADatabase || failure.SqliteExtendedErrorCode == ShortRead
        // A generic error at opening: tables are missing or are not ours.
        || failure is { SqliteErrorCode: 1 };

    /// <summary>Whether another attempt later may succeed, and what to call it until then.</summary>
    public static bool IsPassing(SqliteException failure, string directory, out OutboxTrouble trouble)
    {
        trouble = failure.SqliteErrorCode switch
        {
            Full => OutboxTrouble.DiskFull,
            InputOutput or CannotOpen => HasNoRoom(directory) ? OutboxTrouble.DiskFull : OutboxTrouble.DiskFailed,
            ReadOnly or Busy or Locked => OutboxTrouble.DiskFailed,
            _ => OutboxTrouble.None,
        };
        return trouble != OutboxTrouble.None;
    }

    private static bool HasNoRoom(string directory)
    {
        try
        {
            return new DriveInfo(directory).AvailableFreeSpace < 1024 * 1024;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
