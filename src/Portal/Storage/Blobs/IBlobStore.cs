namespace Culvert.Storage;

/// <summary>Evidence captures and other blobs. A blob is there whole and durable, or not at all.</summary>
public interface IBlobStore
{
    /// <summary>Blocks that may be staged for one blob before they are committed, as Azure Blob Storage allows.</summary>
    const int MaxBlocks = 50_000;

    /// <summary>Writes a blob from a stream, replacing one that is there.</summary>
    /// <param name="write">What it is.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <exception cref="BlobTooLargeException">Longer than allowed.</exception>
    Task<BlobEntry> PutAsync(BlobWrite write, Stream content, CancellationToken cancellationToken);

    /// <summary>Stages a block.</summary>
    /// <param name="write">The blob it is for.</param>
    /// <param name="blockId">The block's id, as the client wrote it.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BlobTooLargeException">Longer than allowed, alone or with the other staged blocks of this blob.</exception>
    Task PutBlockAsync(BlobWrite write, string blockId, Stream content, CancellationToken cancellationToken);

    /// <summary>Makes the blob out of staged blocks. Null when a block is not staged.</summary>
    /// <param name="write">What it is.</param>
    /// <param name="blockIds">The blocks, in order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BlobTooLargeException">Longer than allowed.</exception>
    Task<BlobEntry?> CommitBlocksAsync(BlobWrite write, IReadOnlyList<string> blockIds, CancellationToken cancellationToken);

    /// <summary>A blob's properties, or null.</summary>
    /// <param name="container">Its container.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<BlobEntry?> FindAsync(string container, string name, CancellationToken cancellationToken);

    /// <summary>Opens a blob for reading, seekable, or null. The caller disposes the stream.</summary>
    /// <param name="entry">The blob; a later write does not change what the stream gives.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Stream?> OpenAsync(BlobEntry entry, CancellationToken cancellationToken);

    /// <summary>Removes a blob.</summary>
    /// <param name="container">Its container.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> DeleteAsync(string container, string name, CancellationToken cancellationToken);
}
