using System.Collections.Concurrent;
using System.Data;
using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <summary>One database file: many readers, one writer at a time. Commits are durable when they return (WAL, synchronous=FULL).</summary>
internal sealed class SqliteDatabase : IDisposable
{
    // Readers beyond this wait: each holds a page cache, and SQLite reads are short.
    private const int MaxReaders = 16;

    private readonly string _connectionString;
    private readonly ConcurrentBag<SqliteSession> _idle = [];
    private readonly SemaphoreSlim _readers = new(MaxReaders, MaxReaders);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private SqliteSession? _writer;

    /// <summary>Names the file; nothing is opened yet.</summary>
    /// <param name="path">The file; made when it is not there.</param>
    public SqliteDatabase(string path) => _connectionString = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadWriteCreate,
        Pooling = false,
        ForeignKeys = true,
        // Another process (a command beside the running portal) may hold the write lock for a moment.
        DefaultTimeout = 30,
    }.ConnectionString;

    /// <summary>The connection string, for the migrations.</summary>
    public string ConnectionString => _connectionString;

    /// <summary>Reads in one consistent view.</summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="read">The reading; must not write.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        await _readers.WaitAsync(cancellationToken);
        SqliteSession? session = null;
        try
        {
            session = _idle.TryTake(out var idle) ? idle : Open();
            T result;
            using (session.Begin(IsolationLevel.Serializable, deferred: true))
            {
                result = read(session);
            }

            _idle.Add(session);
            session = null;
            return result;
        }
        finally
        {
            session?.Dispose();
            _readers.Release();
        }
    }

    /// <summary>Writes in one transaction; committed and durable when the task completes, rolled back when <paramref name="write"/> throws.</summary>
    /// <typeparam name="T">What the writing gives.</typeparam>
    /// <param name="write">The writing.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var session = _writer ??= Open();
            try
            {
                using var transaction = session.Begin(IsolationLevel.Serializable, deferred: false);
                var result = write(session);
                transaction.Commit();
                return result;
            }
            catch
            {
                // A connection that failed (disk full, I/O error) may be in any state: the next writer opens a new one.
                _writer = null;
                session.Dispose();
                throw;
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }

        _writer?.Dispose();
        _writer = null;
        _readers.Dispose();
        _writing.Dispose();
    }

    private SqliteSession Open()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            // FULL: in WAL mode the log is synced before each commit returns, so power loss takes nothing acknowledged.
            command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=4000;";
            command.ExecuteNonQuery();
            return new SqliteSession(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
