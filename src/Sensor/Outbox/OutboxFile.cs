using Microsoft.Data.Sqlite;

namespace Culvert.Outbox;

/// <summary>The store's file with its one connection and its prepared statements. Not thread safe: <see cref="OutboxStore"/> owns the lock. Lets <see cref="SqliteException"/> through.</summary>
internal sealed class OutboxFile : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _read;
    private readonly SqliteCommand _oldest;
    private readonly SqliteCommand _deleteUpTo;
    private readonly SqliteCommand _saveStream;
    private readonly SqliteCommand _saveCheckpoint;
    private readonly Dictionary<int, long> _epochs;

    private OutboxFile(SqliteConnection connection, Dictionary<int, long> epochs)
    {
        _connection = connection;
        _epochs = epochs;
        CurrentOrdinal = epochs.Keys.Max();
        _insert = Prepare("INSERT INTO record (id, size, accepted_at, crc, body) VALUES ($a, $b, $c, $d, $e)", 5);
        _read = Prepare("SELECT id, size, accepted_at, crc, body FROM record WHERE id >= $a AND id <= $b ORDER BY id", 2);
        _oldest = Prepare("SELECT id, size, accepted_at FROM record WHERE id >= $a AND id <= $b ORDER BY id", 2);
        _deleteUpTo = Prepare("DELETE FROM record WHERE id >= $a AND id <= $b", 2);
        _saveStream = Prepare(
            "INSERT INTO stream (stream, last_sequence, waiting, waiting_bytes, dropped) VALUES ($a, $b, $c, $d, $e) " +
            "ON CONFLICT (stream) DO UPDATE SET last_sequence = $b, waiting = $c, waiting_bytes = $d, dropped = $e",
            5);
        _saveCheckpoint = Prepare(
            "INSERT INTO checkpoint (source, pass, position, finished) VALUES ($a, $b, $c, $d) ON CONFLICT (source) DO UPDATE SET pass = $b, position = $c, finished = $d",
            4);
    }

    /// <summary>The ordinal of the epoch in use.</summary>
    public int CurrentOrdinal { get; }

    /// <summary>The epoch in use.</summary>
    public long Epoch => _epochs[CurrentOrdinal];

    /// <summary>All epochs of records that may still wait.</summary>
    public IReadOnlyDictionary<int, long> Epochs => _epochs;

    /// <summary>Bytes of pages that hold nothing now and are used again for what comes.</summary>
    public long FreeBytes => ReadNumber("PRAGMA freelist_count") * OutboxSchema.PageBytes;

    /// <summary>Makes a new store with these epochs, the last one in use. The file must not exist.</summary>
    public static OutboxFile Create(string path, IReadOnlyDictionary<int, long> epochs)
    {
        // Made by hand first: SQLite would make it with the process's umask.
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        new FileStream(path, creation).Dispose();
        var connection = Connect(path);
        try
        {
            Run(connection, OutboxSchema.Header);
            Run(connection, OutboxSchema.Connection);
            Run(connection, "BEGIN IMMEDIATE");
            Run(connection, OutboxSchema.Tables);
            foreach (var (ordinal, epoch) in epochs)
            {
                Run(connection, FormattableString.Invariant($"INSERT INTO epoch (ordinal, epoch) VALUES ({ordinal}, {epoch})"));
            }

            Run(connection, "COMMIT");
            return new OutboxFile(connection, new Dictionary<int, long>(epochs));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens an existing store. With <paramref name="verify"/> its structure is read through first; what is wrong is thrown as <see cref="SqliteException"/> with SQLITE_CORRUPT.</summary>
    public static OutboxFile Open(string path, bool verify)
    {
        var connection = Connect(path);
        try
        {
            Run(connection, OutboxSchema.Connection);
            if (verify)
            {
                Verify(connection);
            }

            var epochs = new Dictionary<int, long>();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT ordinal, epoch FROM epoch";
            using (var reader = command.ExecuteReader())
            {
                while (reader.Read())
                {
                    epochs[reader.GetInt32(0)] = reader.GetInt64(1);
                }
            }

            return epochs.Count == 0 ? throw SqliteFailure.Corrupt("the store names no epoch") : new OutboxFile(connection, epochs);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads the figures.</summary>
    public OutboxTotals ReadTotals()
    {
        var totals = new OutboxTotals();
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT stream, last_sequence, waiting, waiting_bytes, dropped FROM stream";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (reader.GetInt64(0) is >= 0 and var stream && stream < OutboxTotals.Streams.Count)
            {
                totals = totals.With((RecordStream)stream, new StreamTotals
                {
                    LastSequence = reader.GetInt64(1),
                    Waiting = reader.GetInt64(2),
                    WaitingBytes = reader.GetInt64(3),
                    Dropped = reader.GetInt64(4),
                });
            }
        }

        return totals;
    }

    /// <summary>Reads all checkpoints.</summary>
    public IReadOnlyList<SourceCheckpoint> ReadCheckpoints()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT source, pass, position, finished FROM checkpoint ORDER BY source";
        using var reader = command.ExecuteReader();
        var checkpoints = new List<SourceCheckpoint>();
        while (reader.Read())
        {
            checkpoints.Add(new SourceCheckpoint(reader.GetString(0), reader.GetInt32(1), reader.GetInt64(2), reader.GetBoolean(3)));
        }

        return checkpoints;
    }

    /// <summary>Runs everything in one transaction; what it throws undoes all of it.</summary>
    public void InTransaction(Action action)
    {
        // Plain statements: SqliteTransaction would have to be told to each prepared command, and taken away again.
        Run(_connection, "BEGIN IMMEDIATE");
        try
        {
            action();
            Run(_connection, "COMMIT");
        }
        catch
        {
            try
            {
                Run(_connection, "ROLLBACK");
            }
            catch (SqliteException)
            {
                // SQLite undoes some failures by itself, and then there is nothing left to undo.
            }

            throw;
        }
    }

    /// <summary>Adds one record.</summary>
    public void Insert(long id, long size, long acceptedAt, ReadOnlyMemory<byte> body)
    {
        Set(_insert, id, size, acceptedAt, (long)Checksum.Of(body.Span));
        // The parameter wants an array; bodies come from the serializer as whole arrays, which are passed on without a copy.
        _insert.Parameters[4].Value = System.Runtime.InteropServices.MemoryMarshal.TryGetArray(body, out var segment)
            && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : body.ToArray();
        _insert.ExecuteNonQuery();
    }

    /// <summary>The waiting records of a range, oldest first.</summary>
    public IEnumerable<StoredRecord> Read(long first, long last)
    {
        Set(_read, first, last);
        using var reader = _read.ExecuteReader();
        while (reader.Read())
        {
            yield return new StoredRecord(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), (uint)reader.GetInt64(3), reader.GetFieldValue<byte[]>(4));
        }
    }

    /// <summary>Ids, sizes and times of a range, oldest first, without reading the bodies.</summary>
    public IEnumerable<(long Id, long Size, long AcceptedAt)> ReadSizes(long first, long last)
    {
        Set(_oldest, first, last);
        using var reader = _oldest.ExecuteReader();
        while (reader.Read())
        {
            yield return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        }
    }

    /// <summary>Takes a range out.</summary>
    public void Delete(long first, long last)
    {
        Set(_deleteUpTo, first, last);
        _deleteUpTo.ExecuteNonQuery();
    }

    /// <summary>Writes the figures of one stream.</summary>
    public void Save(RecordStream stream, StreamTotals totals)
    {
        Set(_saveStream, (long)stream, totals.LastSequence, totals.Waiting, totals.WaitingBytes, totals.Dropped);
        _saveStream.ExecuteNonQuery();
    }

    /// <summary>Writes a checkpoint.</summary>
    public void Save(SourceCheckpoint checkpoint)
    {
        Set(_saveCheckpoint, checkpoint.Source, checkpoint.Pass, checkpoint.Position, checkpoint.Finished);
        _saveCheckpoint.ExecuteNonQuery();
    }

    /// <summary>Gives free pages back to the file system, at most this many, and cuts the log.</summary>
    public void Shrink(int pages)
    {
        using (var command = _connection.CreateCommand())
        {
            command.CommandText = FormattableString.Invariant($"PRAGMA incremental_vacuum({pages})");
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                // Each step of the statement frees one page.
            }
        }

        Fold();
    }

    /// <summary>Folds the log into the file and empties it.</summary>
    public void Fold() => Run(_connection, "PRAGMA wal_checkpoint(TRUNCATE)");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[_insert, _read, _oldest, _deleteUpTo, _saveStream, _saveCheckpoint])
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    /// <summary>Opens a connection that shares nothing with any other.</summary>
    public static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            // A pool would keep files open after Dispose, and hand a connection with a failed transaction to the next.
            Pooling = false,
            DefaultTimeout = 10,
        }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Verify(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA application_id";
        if (Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) != OutboxSchema.ApplicationId)
        {
            throw SqliteFailure.Corrupt("the file is not an outbox");
        }

        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() is string answer && answer != "ok")
        {
            throw SqliteFailure.Corrupt(answer);
        }
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Set(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter($"${(char)('a' + i)}", null));
        }

        return command;
    }

    private long ReadNumber(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
