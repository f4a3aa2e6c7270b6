using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteBlobStore(SqliteDatabase database, BlobFolder folder) : IBlobStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Blobs");

    // Staged blocks of an upload that was given up; Azure Blob Storage also keeps them a week.
    private static readonly TimeSpan StagedFor = TimeSpan.FromDays(7);

    public async Task<BlobEntry> PutAsync(BlobWrite write, Stream content, CancellationToken cancellationToken)
    {
        var file = await folder.WriteAsync(content, write.MaxBytes, cancellationToken);
        return await RegisterAsync(write, file, cancellationToken);
    }

    public async Task PutBlockAsync(BlobWrite write, string blockId, Stream content, CancellationToken cancellationToken)
    {
        var staged = await database.ReadAsync(s => ListBlocks(s, write), cancellationToken);
        var taken = staged.Values.Sum(b => b.Length);
        if (staged.Count >= IBlobStore.MaxBlocks)
        {
            throw new BlobTooLargeException($"More than {IBlobStore.MaxBlocks} blocks are staged.");
        }

        var file = await folder.WriteAsync(content, Math.Max(0, write.MaxBytes - taken), cancellationToken);
        try
        {
            await database.WriteAsync(
                s => s.Execute(
                    Sql["PutBlock"],
                    ("container", write.Container), ("name", write.Name), ("blockId", blockId), ("file", file.Name), ("length", file.Length), ("at", write.At)),
                cancellationToken);
        }
        catch
        {
            folder.Delete(file.Name);
            throw;
        }

        if (staged.TryGetValue(blockId, out var replaced))
        {
            folder.Delete(replaced.File);
        }
    }

    public async Task<BlobEntry?> CommitBlocksAsync(BlobWrite write, IReadOnlyList<string> blockIds, CancellationToken cancellationToken)
    {
        var staged = await database.ReadAsync(s => ListBlocks(s, write), cancellationToken);
        if (blockIds.Any(id => !staged.ContainsKey(id)))
        {
            return null;
        }

        await using var content = new ConcatenatedStream(blockIds.Select(id => (Stream)(folder.Open(staged[id].File) ?? throw new IOException($"The staged block {id} is gone."))).GetEnumerator());
        var entry = await RegisterAsync(write, await folder.WriteAsync(content, write.MaxBytes, cancellationToken), cancellationToken);
        foreach (var block in staged.Values)
        {
            folder.Delete(block.File);
        }

        return entry;
    }

    public Task<BlobEntry?> FindAsync(string container, string name, CancellationToken cancellationToken) =>
        database.ReadAsync(s => s.First(Sql["Find"], Read, ("container", container), ("name", name)), cancellationToken);

    public Task<Stream?> OpenAsync(BlobEntry entry, CancellationToken cancellationToken) => Task.FromResult<Stream?>(folder.Open(entry.ETag));

    public async Task<StoreOutcome> DeleteAsync(string container, string name, CancellationToken cancellationToken)
    {
        var old = await database.WriteAsync(
            s =>
            {
                var entry = s.First(Sql["Find"], Read, ("container", container), ("name", name));
                s.Execute(Sql["Delete"], ("container", container), ("name", name));
                return entry;
            },
            cancellationToken);
        if (old is null)
        {
            return StoreOutcome.NotFound;
        }

        folder.Delete(old.ETag);
        return StoreOutcome.Done;
    }

    /// <summary>Removes a bounded number of old blobs, and of blocks whose upload was given up.</summary>
    /// <param name="before">Blobs written before this.</param>
    /// <param name="at">Now.</param>
    /// <param name="limit">Most rows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<long> PruneAsync(DateTimeOffset before, DateTimeOffset at, int limit, CancellationToken cancellationToken)
    {
        var old = await database.ReadAsync(s => s.Query(Sql["ListOldBlobs"], Read, ("before", before), ("limit", limit)), cancellationToken);
        foreach (var blob in old)
        {
            await DeleteAsync(blob.Container, blob.Name, cancellationToken);
        }

        var blocks = await database.WriteAsync(
            s =>
            {
                var rows = s.Query(
                    Sql["ListOldBlocks"],
                    r => (Container: r.Text("container"), Name: r.Text("name"), Block: r.Text("block_id"), File: r.Text("file")),
                    ("before", at - StagedFor), ("limit", limit));
                foreach (var row in rows)
                {
                    s.Execute(Sql["DeleteBlock"], ("container", row.Container), ("name", row.Name), ("blockId", row.Block));
                }

                return rows;
            },
            cancellationToken);
        blocks.ForEach(b => folder.Delete(b.File));
        return old.Count + blocks.Count;
    }

    private async Task<BlobEntry> RegisterAsync(BlobWrite write, WrittenFile file, CancellationToken cancellationToken)
    {
        var entry = new BlobEntry
        {
            Container = write.Container,
            Name = write.Name,
            Length = file.Length,
            ContentType = write.ContentType,
            ContentMd5 = file.Md5,
            Sha256 = file.Sha256,
            ETag = file.Name,
            ModifiedAt = write.At,
            Metadata = write.Metadata,
        };
        try
        {
            var old = await database.WriteAsync(
                s =>
                {
                    var replaced = s.First(Sql["Find"], Read, ("container", write.Container), ("name", write.Name));
                    s.Execute(
                        Sql["Put"],
                        ("container", entry.Container), ("name", entry.Name), ("length", entry.Length), ("contentType", entry.ContentType), ("md5", entry.ContentMd5),
                        ("sha256", entry.Sha256), ("etag", entry.ETag), ("at", entry.ModifiedAt),
                        ("metadata", JsonSerializer.Serialize(new Dictionary<string, string>(entry.Metadata), StoreJson.Default.DictionaryStringString)));
                    s.Execute(Sql["DeleteBlocks"], ("container", entry.Container), ("name", entry.Name));
                    return replaced;
                },
                cancellationToken);
            if (old is not null)
            {
                folder.Delete(old.ETag);
            }
        }
        catch
        {
            folder.Delete(file.Name);
            throw;
        }

        return entry;
    }

    private static Dictionary<string, (string File, long Length)> ListBlocks(SqliteSession s, BlobWrite write) => s.Query(
        Sql["ListBlocks"],
        r => (Id: r.Text("block_id"), File: r.Text("file"), Length: r.Number("length")),
        ("container", write.Container), ("name", write.Name)).ToDictionary(b => b.Id, b => (b.File, b.Length));

    private static BlobEntry Read(SqliteDataReader r) => new()
    {
        Container = r.Text("container"),
        Name = r.Text("name"),
        Length = r.Number("length"),
        ContentType = r.Text("content_type"),
        ContentMd5 = r.BytesOrNull("content_md5"),
        Sha256 = r.Text("sha256"),
        ETag = r.Text("etag"),
        ModifiedAt = r.Time("modified_at"),
        Metadata = JsonSerializer.Deserialize(r.Text("metadata"), StoreJson.Default.DictionaryStringString) ?? [],
    };
}
