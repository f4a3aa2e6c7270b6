using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Culvert.Uplink;

/// <summary>Keeps the threat-intelligence package: fetches what the cloud wants, verifies it, tries it, swaps it in, and stays with the one in use where any of this fails.</summary>
/// <remarks>Never goes back to an older version by itself: only where the desired properties name it. Versions are kept on the disk, the one in use and the one before.</remarks>
public sealed class PackageKeeper : IDisposable
{
    /// <summary>The newest manifest (docs/protocols/cloud-services.md).</summary>
    public const string NewestManifest = "/downloads/ti/manifest.json";

    private const int VersionsKept = 2;

    private readonly PackageKeeperOptions _options;
    private readonly ECDsa _signingKey;
    private readonly PackageDownloader _downloader;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _one = new(1, 1);
    private string? _trying;

    /// <summary>Makes the keeper; <see cref="LoadAsync"/> comes first.</summary>
    public PackageKeeper(PackageKeeperOptions options, HttpClient downloads, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        _signingKey = ECDsa.Create();
        _signingKey.ImportFromPem(options.SigningKeyPem);
        _downloader = new PackageDownloader(downloads, _signingKey);
        DurableFile.MakeFolder(options.Directory);
    }

    /// <summary>Told whenever <see cref="Status"/> changes.</summary>
    public Action? Changed { get; set; }

    /// <summary>What to report.</summary>
    public PackageStatus Status { get; private set; } = new(null, "Ok", null);

    private string CurrentFile => Path.Combine(_options.Directory, "current");

    /// <summary>Puts the package that was in use back into use after a restart; one that is damaged is passed over for the one before.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var current = File.Exists(CurrentFile) ? (await File.ReadAllTextAsync(CurrentFile, cancellationToken)).Trim() : null;
        foreach (var version in Versions().OrderByDescending(v => v.Text == current).ThenByDescending(v => v))
        {
            try
            {
                await TryInUseAsync(version, await ReadManifestAsync(version, cancellationToken), cancellationToken);
                return;
            }
            catch (Exception e) when (e is PackageException or IOException or UnauthorizedAccessException)
            {
                UplinkLog.PackageRefused(_logger, version.Text, e.Message);
                Set(Status with { Status = "Failed", Error = $"{version}: {e.Message}" });
            }
        }
    }

    /// <summary>Sees to it that the wanted package is in use.</summary>
    /// <param name="desired">What the cloud orders, an older version included; null where it orders none, and then the newest is looked for.</param>
    /// <param name="cancellationToken">Ends it; what was fetched is continued the next time.</param>
    /// <returns>Whether it is settled; false where something on the way failed and it should be tried again.</returns>
    public async Task<bool> EnsureAsync(DesiredPackage? desired, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        _trying = desired?.Version;
        try
        {
            return await EnsureAloneAsync(desired, cancellationToken);
        }
        catch (PackageException e)
        {
            Fail(_trying ?? "newest", e.Message);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            UplinkLog.StepFailed(_logger, "Fetching the threat-intelligence package", e.Message);
            return false;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _signingKey.Dispose();
        _one.Dispose();
    }

    private async Task<bool> EnsureAloneAsync(DesiredPackage? desired, CancellationToken cancellationToken)
    {
        if (desired is not null && desired.Version == Status.Version)
        {
            Settle();
            return true;
        }

        if (await _downloader.GetManifestAsync(desired?.ManifestPath ?? NewestManifest, cancellationToken) is not { } manifest)
        {
            return desired is null ? true : throw new PackageException("The downloads endpoint does not have it (404).");
        }

        var version = Check(manifest, desired);
        _trying = version.Text;
        var inUse = PackageVersion.TryParse(Status.Version, out var parsed) ? parsed : null;
        if (desired is null && version.CompareTo(inUse) <= 0)
        {
            Settle();
            return true;
        }

        if (desired is null && !_options.Automatic)
        {
            Set(Status with { Status = "UpdateAvailable", Error = null });
            return true;
        }

        Set(Status with { Status = "InProgress", Error = null });
        await FetchAsync(version, manifest, cancellationToken);
        await TryInUseAsync(version, manifest, cancellationToken);
        RemoveOld(version);
        return true;
    }

    private static PackageVersion Check(PackageManifest manifest, DesiredPackage? desired)
    {
        if (manifest.Kind != "threatIntelligence")
        {
            throw new PackageException($"The manifest is of a package of kind '{manifest.Kind}'.");
        }

        if (desired is not null && desired.Version != manifest.Version)
        {
            throw new PackageException($"The manifest is of version {manifest.Version}, ordered was {desired.Version}.");
        }

        return PackageVersion.TryParse(manifest.Version, out var version) ? version : throw new PackageException("The version is not numbers with dots.");
    }

    private async Task FetchAsync(PackageVersion version, PackageManifest manifest, CancellationToken cancellationToken)
    {
        var part = ContentOf(version) + ".part";
        if (!File.Exists(ContentOf(version)) || !await PackageDownloader.HasHashAsync(ContentOf(version), manifest.Sha256, cancellationToken))
        {
            await _downloader.DownloadAsync(manifest, part, cancellationToken);
            File.Move(part, ContentOf(version), overwrite: true);
        }

        // The hash that was verified is kept with the content, so that it can be verified again at the next start.
        DurableFile.Write(HashOf(version), Encoding.ASCII.GetBytes(manifest.Sha256));
    }

    private async Task TryInUseAsync(PackageVersion version, PackageManifest manifest, CancellationToken cancellationToken)
    {
        if (!await PackageDownloader.HasHashAsync(ContentOf(version), manifest.Sha256, cancellationToken))
        {
            throw new PackageException("The content on the disk has changed.");
        }

        var content = await File.ReadAllBytesAsync(ContentOf(version), cancellationToken);
        if (_options.Install(version.Text, content) is { } error)
        {
            // It was never in use: the one before still is.
            File.Delete(ContentOf(version));
            File.Delete(HashOf(version));
            throw new PackageException(error);
        }

        DurableFile.Write(CurrentFile, Encoding.ASCII.GetBytes(version.Text));
        UplinkLog.PackageInUse(_logger, version.Text);
        Set(new PackageStatus(version.Text, "Ok", null));
    }

    private async Task<PackageManifest> ReadManifestAsync(PackageVersion version, CancellationToken cancellationToken) => new()
    {
        Kind = "threatIntelligence",
        Version = version.Text,
        ContentPath = "/",
        Length = new FileInfo(ContentOf(version)).Length,
        Sha256 = File.Exists(HashOf(version)) ? await File.ReadAllTextAsync(HashOf(version), cancellationToken) : throw new PackageException("Its hash is missing."),
        CreatedAt = default,
    };

    private IEnumerable<PackageVersion> Versions() => Directory.EnumerateFiles(_options.Directory, "*.json")
        .Select(f => PackageVersion.TryParse(Path.GetFileNameWithoutExtension(f), out var version) ? version : null)
        .OfType<PackageVersion>();

    private void RemoveOld(PackageVersion inUse)
    {
        foreach (var old in Versions().OrderByDescending(v => v.Text == inUse.Text).ThenByDescending(v => v).Skip(VersionsKept).ToList())
        {
            File.Delete(ContentOf(old));
            File.Delete(HashOf(old));
        }
    }

    private string ContentOf(PackageVersion version) => Path.Combine(_options.Directory, version.Text + ".json");

    private string HashOf(PackageVersion version) => Path.Combine(_options.Directory, version.Text + ".sha256");

    private void Fail(string version, string reason)
    {
        UplinkLog.PackageRefused(_logger, version, reason);
        Set(Status with { Status = "Failed", Error = $"{version}: {reason}" });
    }

    private void Settle()
    {
        if (Status.Status is "InProgress" or "UpdateAvailable")
        {
            Set(Status with { Status = "Ok", Error = null });
        }
    }

    private void Set(PackageStatus status)
    {
        if (status != Status)
        {
            Status = status;
            Changed?.Invoke();
        }
    }
}
