using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Culvert.Uplink.Tests;

/// <summary>A downloads endpoint with signed packages, which can break off, forget ranges, or lie.</summary>
internal sealed class PackageSource : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly Dictionary<string, (byte[] Manifest, byte[] Content)> _packages = [];

    public static string AnyKeyPem { get; } = MakeAnyKey();

    public string KeyPem => _key.ExportSubjectPublicKeyInfoPem();

    public string? Newest { get; set; }

    /// <summary>Bytes after which an answer breaks off, once for each entry.</summary>
    public Queue<int> BreakAfter { get; } = new();

    /// <summary>Whether ranges are understood.</summary>
    public bool Ranges { get; set; } = true;

    public byte[] Add(string version, byte[]? content = null, ECDsa? signedBy = null, Func<PackageManifest, PackageManifest>? altered = null, Func<byte[], byte[]>? served = null)
    {
        content ??= Encoding.UTF8.GetBytes($$"""{"version":"{{version}}"}""");
        var manifest = new PackageManifest
        {
            Kind = "threatIntelligence",
            Version = version,
            ContentPath = $"/downloads/ti/{version}/content",
            Length = content.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(altered?.Invoke(manifest) ?? manifest, CulvertJson.Default.PackageManifest);
        var signed = new SignedPackageManifest(Convert.ToBase64String(body), Convert.ToBase64String((signedBy ?? _key).SignData(body, HashAlgorithmName.SHA384)));
        _packages[version] = (JsonSerializer.SerializeToUtf8Bytes(signed, CulvertJson.Default.SignedPackageManifest), served?.Invoke(content) ?? content);
        Newest = version;
        return content;
    }

    public HttpResponseMessage Answer(ScriptedHttp.Request request)
    {
        var version = request.Path == PackageKeeper.NewestManifest ? Newest : request.Path.Split('/').ElementAtOrDefault(3);
        if (version is null || !_packages.TryGetValue(version, out var package))
        {
            return new HttpResponseMessage(HttpStatusCode.NotFound);
        }

        if (request.Path.EndsWith("manifest.json", StringComparison.Ordinal))
        {
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(package.Manifest) };
        }

        var from = Ranges && request.Range is { } range ? int.Parse(range["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture) : 0;
        var part = package.Content[from..];
        HttpContent content = BreakAfter.TryDequeue(out var after) ? new StreamContent(new BreakingStream(part[..Math.Min(after, part.Length)])) : new ByteArrayContent(part);
        var answer = new HttpResponseMessage(from > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK) { Content = content };
        if (from > 0)
        {
            answer.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, package.Content.Length - 1, package.Content.Length);
        }

        return answer;
    }

    public void Dispose() => _key.Dispose();

    private static string MakeAnyKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        return key.ExportSubjectPublicKeyInfoPem();
    }

    // Gives what it has and then fails as a cut link does.
    private sealed class BreakingStream(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = Read(buffer.Span);
            return read > 0 ? ValueTask.FromResult(read) : ValueTask.FromException<int>(new IOException("The link was cut."));
        }
    }
}
