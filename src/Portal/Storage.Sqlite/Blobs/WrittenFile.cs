namespace Culvert.Storage.Sqlite;

/// <summary>A file that is durable.</summary>
/// <param name="Name">Its name; also the blob's ETag.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">SHA-256, lower-case hex.</param>
/// <param name="Md5">MD5.</param>
internal sealed record WrittenFile(string Name, long Length, string Sha256, byte[] Md5);
