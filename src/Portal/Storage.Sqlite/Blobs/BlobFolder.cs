using System.Security.Cryptography;

namespace Culvert.Storage.Sqlite;

/// <summary>The files that hold the blobs' bytes. A file is written once under a name nobody else has, synced, and never changed.</summary>
internal sealed class BlobFolder(string root)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a new file to disk.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="maxBytes">Most bytes it may have.</param>
    /// <param name="cancellationToken">Gives up and removes what was written.</param>
    /// <exception cref="BlobTooLargeException">Longer than allowed.</exception>
    public async Task<WrittenFile> WriteAsync(Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        var name = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            // Content-MD5 is part of the blob protocol; nothing here trusts it.
#pragma warning disable CA5351
            using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
            var length = 0L;
            await using (var file = new FileStream(path, Options()))
            {
                var buffer = new byte[81920];
                int read;
                while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    length += read;
                    if (length > maxBytes)
                    {
                        throw new BlobTooLargeException($"The content is longer than {maxBytes} bytes.");
                    }

                    sha.AppendData(buffer, 0, read);
                    md5.AppendData(buffer, 0, read);
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                }

                file.Flush(flushToDisk: true);
            }

            return new WrittenFile(name, length, Convert.ToHexStringLower(sha.GetHashAndReset()), md5.GetHashAndReset());
        }
        catch
        {
            Delete(name);
            throw;
        }
    }

    /// <summary>Opens a file, or null when it is gone.</summary>
    /// <param name="name">Its name.</param>
    public FileStream? Open(string name)
    {
        try
        {
            return new FileStream(PathOf(name), new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes a file; who has it open still reads it.</summary>
    /// <param name="name">Its name.</param>
    public void Delete(string name) => File.Delete(PathOf(name));

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Access = FileAccess.Write, Mode = FileMode.CreateNew, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }

    private string PathOf(string name) => Path.Combine(root, name[..2], name);
}
