namespace Culvert.Outbox;

/// <summary>The tables of the store.</summary>
internal static class OutboxSchema
{
    /// <summary>Bytes of a page; fixed, because a damaged first page is rebuilt from a fresh store's.</summary>
    public const int PageBytes = 4096;

    /// <summary>"CvOb": tells an outbox from any other SQLite file.</summary>
    public const int ApplicationId = 0x43764f62;

    /// <summary>Before the tables are made: these two are written into the file's header.</summary>
    public const string Header = """
        PRAGMA page_size = 4096;
        PRAGMA auto_vacuum = INCREMENTAL;
        PRAGMA application_id = 1131827042;
        """;

    /// <summary>The tables. The order is part of the format: the pages where they begin follow from it.</summary>
    public const string Tables = """
        CREATE TABLE record (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, accepted_at INTEGER NOT NULL, crc INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE TABLE epoch (ordinal INTEGER PRIMARY KEY, epoch INTEGER NOT NULL);
        CREATE TABLE stream (stream INTEGER PRIMARY KEY, last_sequence INTEGER NOT NULL, waiting INTEGER NOT NULL, waiting_bytes INTEGER NOT NULL, dropped INTEGER NOT NULL);
        CREATE TABLE checkpoint (source TEXT PRIMARY KEY, pass INTEGER NOT NULL, position INTEGER NOT NULL, finished INTEGER NOT NULL);
        """;

    /// <summary>WAL with a sync at every commit: a commit that returned survives kill -9 and loss of power. The log is folded in every 1000 pages and cut back to 4 MiB.</summary>
    public const string Connection = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = 1000;
        PRAGMA journal_size_limit = 4194304;
        PRAGMA cache_size = -8192;
        PRAGMA temp_store = MEMORY;
        PRAGMA trusted_schema = OFF;
        """;
}
