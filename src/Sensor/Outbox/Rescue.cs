using Microsoft.Data.Sqlite;

namespace Culvert.Outbox;

/// <summary>Reads what can still be read of a damaged store. Never throws for damage: what cannot be read is left out.</summary>
internal sealed class Rescue : IDisposable
{
    // A damaged leaf page hides a range of ids. It is stepped over by seeking ever farther behind it; each seek costs a few page reads, and this bounds them.
    private const int MaxSeeks = 20_000;

    private readonly SqliteConnection _connection;
    private int _seeks;

    private Rescue(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the damaged store, or, where its first page (header and list of tables) is gone, a copy with the first page of a fresh store; null where neither opens.</summary>
    /// <param name="store">The damaged store.</param>
    /// <param name="copy">Where a copy may be made.</param>
    /// <param name="fresh">A closed, empty store of the same form.</param>
    public static Rescue? TryOpen(string store, string copy, string fresh)
    {
        if (TryConnect(store) is { } asItIs)
        {
            return asItIs;
        }

        try
        {
            OutboxFolder.DeleteStore(copy);
            File.Copy(store, copy);
            if (File.Exists(store + "-wal"))
            {
                File.Copy(store + "-wal", copy + "-wal");
            }

            PutFirstPage(copy, fresh);
            return TryConnect(copy);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The epochs by ordinal; empty where they cannot be read.</summary>
    public Dictionary<int, long> ReadEpochs()
    {
        var epochs = new Dictionary<int, long>();
        TryQuery("SELECT ordinal, epoch FROM epoch", row => epochs[row.GetInt32(0)] = row.GetInt64(1));
        return epochs;
    }

    /// <summary>The figures by stream; a stream whose figures cannot be read is missing.</summary>
    public Dictionary<RecordStream, StreamTotals> ReadTotals()
    {
        var totals = new Dictionary<RecordStream, StreamTotals>();
        TryQuery("SELECT stream, last_sequence, waiting, waiting_bytes, dropped FROM stream", row => totals[(RecordStream)row.GetInt32(0)] = new StreamTotals
        {
            LastSequence = row.GetInt64(1),
            Waiting = row.GetInt64(2),
            WaitingBytes = row.GetInt64(3),
            Dropped = row.GetInt64(4),
        });
        return totals;
    }

    /// <summary>The checkpoints that can be read.</summary>
    public List<SourceCheckpoint> ReadCheckpoints()
    {
        var checkpoints = new List<SourceCheckpoint>();
        TryQuery(
            "SELECT source, pass, position, finished FROM checkpoint",
            row => checkpoints.Add(new SourceCheckpoint(row.GetString(0), row.GetInt32(1), row.GetInt64(2), row.GetBoolean(3))));
        return checkpoints;
    }

    /// <summary>Every record of a stream that can be read and is intact, oldest first.</summary>
    public IEnumerable<StoredRecord> ReadRecords(RecordStream stream)
    {
        var next = RowId.First(stream);
        var last = RowId.Last(stream);
        while (next <= last)
        {
            var failed = false;
            foreach (var record in ReadFrom(next, last, () => failed = true))
            {
                next = record.Id + 1;
                if (record.IsIntact)
                {
                    yield return record;
                }
            }

            if (!failed || FindReadable(next, last) is not { } behind)
            {
                yield break;
            }

            next = behind;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static Rescue? TryConnect(string path)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = OutboxFile.Connect(path);
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM sqlite_schema WHERE name = 'record'";
            if (Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) == 1)
            {
                return new Rescue(connection);
            }
        }
        catch (SqliteException)
        {
            // Not readable in this way.
        }

        connection?.Dispose();
        return null;
    }

    private static void PutFirstPage(string damaged, string fresh)
    {
        var page = new byte[OutboxSchema.PageBytes];
        using (var source = new FileStream(fresh, FileMode.Open, FileAccess.Read))
        {
            source.ReadExactly(page);
        }

        using var target = new FileStream(damaged, FileMode.Open, FileAccess.ReadWrite);
        // SQLite file format, section 1.3: size in pages at 28 (big endian), freelist at 32 and 36.
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(page.AsSpan(28), (uint)(target.Length / OutboxSchema.PageBytes));
        page.AsSpan(32, 8).Clear();
        target.Write(page);
    }

    private IEnumerable<StoredRecord> ReadFrom(long first, long last, Action onFailure)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT id, size, accepted_at, crc, body FROM record WHERE id >= $a AND id <= $b ORDER BY id";
        command.Parameters.AddWithValue("$a", first);
        command.Parameters.AddWithValue("$b", last);
        SqliteDataReader? reader = null;
        try
        {
            while (true)
            {
                StoredRecord record;
                try
                {
                    reader ??= command.ExecuteReader();
                    if (!reader.Read())
                    {
                        yield break;
                    }

                    record = new StoredRecord(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), (uint)reader.GetInt64(3), reader.GetFieldValue<byte[]>(4));
                }
                catch (Exception e) when (e is SqliteException or InvalidCastException or InvalidOperationException or OverflowException)
                {
                    onFailure();
                    yield break;
                }

                yield return record;
            }
        }
        finally
        {
            reader?.Dispose();
        }
    }

    /// <summary>The lowest id from which on reading works again; null where none does.</summary>
    private long? FindReadable(long from, long last)
    {
        var bad = from;
        for (var step = 1L; ; step *= 2)
        {
            var candidate = from + step;
            if (candidate > last || candidate < from || _seeks > MaxSeeks)
            {
                return null;
            }

            if (CanSeek(candidate, last))
            {
                return Narrow(bad, candidate, last);
            }

            bad = candidate;
        }
    }

    private long Narrow(long bad, long good, long last)
    {
        while (good - bad > 1)
        {
            var middle = bad + ((good - bad) / 2);
            if (CanSeek(middle, last))
            {
                good = middle;
            }
            else
            {
                bad = middle;
            }
        }

        return good;
    }

    private bool CanSeek(long id, long last)
    {
        _seeks++;
        var failed = false;
        using var one = ReadFrom(id, last, () => failed = true).GetEnumerator();
        one.MoveNext();
        return !failed;
    }

    private void TryQuery(string sql, Action<SqliteDataReader> take)
    {
        try
        {
            using var command = _connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                take(reader);
            }
        }
        catch (Exception e) when (e is SqliteException or InvalidCastException or InvalidOperationException or OverflowException)
        {
            // What was read so far counts; the rest is lost.
        }
    }
}
