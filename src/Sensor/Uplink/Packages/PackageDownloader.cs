using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Culvert.Uplink;

/// <summary>Fetches packages from the downloads endpoint: signed manifest first, then the content, resumed where it broke off, checked by length and SHA-256.</summary>
internal sealed class PackageDownloader(HttpClient client, ECDsa signingKey)
{
    private const int MaxManifestBytes = 64 * 1024;

    // No threat-intelligence package comes near; a wrong figure must not fill the disk.
    private const long MaxContentBytes = 256L * 1024 * 1024;

    /// <summary>Fetches and verifies a manifest. Throws <see cref="PackageException"/> where it is not what was signed, <see cref="HttpRequestException"/> where it cannot be had now; null where
    /// there is none (404).</summary>
    public async Task<PackageManifest?> GetManifestAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await client.GetAsync(Relative(path), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        answer.EnsureSuccessStatusCode();
        await answer.Content.LoadIntoBufferAsync(MaxManifestBytes, cancellationToken);
        return Verify(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    /// <summary>Checks a signed manifest and reads it. Throws <see cref="PackageException"/>.</summary>
    public PackageManifest Verify(ReadOnlySpan<byte> signed)
    {
        try
        {
            var envelope = JsonSerializer.Deserialize(signed, CulvertJson.Default.SignedPackageManifest) ?? throw new PackageException("The manifest is empty.");
            var content = Convert.FromBase64String(envelope.Content);
            if (!signingKey.VerifyData(content, Convert.FromBase64String(envelope.Signature), HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
            {
                throw new PackageException("The manifest's signature is not by the key of the activation file.");
            }

            var manifest = JsonSerializer.Deserialize(content, CulvertJson.Default.PackageManifest) ?? throw new PackageException("The manifest is empty.");
            return manifest.Length is < 1 or > MaxContentBytes || !PackageVersion.TryParse(manifest.Version, out _) || !PackagePath.IsSafe(manifest.ContentPath)
                ? throw new PackageException("The manifest's length, version or path is not acceptable.")
                : manifest;
        }
        catch (Exception e) when (e is JsonException or FormatException or CryptographicException)
        {
            throw new PackageException($"The manifest cannot be read: {e.Message}");
        }
    }

    /// <summary>Fetches the content into a file; what is there of an earlier attempt is continued. Throws <see cref="PackageException"/> where it is not what the manifest says
    /// (the file is removed), <see cref="HttpRequestException"/> or <see cref="IOException"/> where it broke off (the file stays).</summary>
    public async Task DownloadAsync(PackageManifest manifest, string file, CancellationToken cancellationToken)
    {
        await using (var target = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite))
        {
            if (target.Length > manifest.Length)
            {
                target.SetLength(0);
            }

            if (target.Length < manifest.Length)
            {
                await FetchAsync(manifest, target, cancellationToken);
            }
        }

        if (new FileInfo(file).Length != manifest.Length || !await HasHashAsync(file, manifest.Sha256, cancellationToken))
        {
            File.Delete(file);
            throw new PackageException("The content is not what the manifest says (length or SHA-256).");
        }
    }

    /// <summary>Whether the file's SHA-256 is this (hex).</summary>
    public static async Task<bool> HasHashAsync(string file, string sha256, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)).Equals(sha256, StringComparison.OrdinalIgnoreCase);
    }

    private static Uri Relative(string path) => new(path, UriKind.Relative);

    private async Task FetchAsync(PackageManifest manifest, FileStream target, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Relative(manifest.ContentPath));
        if (target.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(target.Length, null);
        }

        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            target.SetLength(0);
            throw new HttpRequestException("The range is not there any more; beginning anew.", null, answer.StatusCode);
        }

        answer.EnsureSuccessStatusCode();
        // 200 in place of 206: the server sends all of it. A part that is from elsewhere than asked for must not be put together with what is there.
        var continues = answer.StatusCode == HttpStatusCode.PartialContent && answer.Content.Headers.ContentRange?.From == target.Length;
        if (!continues)
        {
            target.SetLength(0);
            if (answer.StatusCode == HttpStatusCode.PartialContent)
            {
                throw new HttpRequestException("The server sent another part than asked for.");
            }
        }

        target.Position = target.Length;
        await using var content = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (target.Length + read > manifest.Length)
            {
                target.SetLength(0);
                throw new PackageException("The content is longer than the manifest says.");
            }

            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        target.Flush(flushToDisk: true);
    }
}
