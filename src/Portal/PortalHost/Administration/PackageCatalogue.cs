using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.PortalHost.Components.Parts;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Threat-intelligence packages: uploaded, checked, signed, pushed, rolled back.</summary>
public sealed class PackageCatalogue(IPortalStore store, PortalAuthority authority, SensorAdministration sensors, AuditTrail audit, ChangeFeed changes, TimeProvider clock)
{
    /// <summary>The kind of these packages.</summary>
    public const string Kind = "threatIntelligence";

    /// <summary>Largest package: 16 MiB.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Uploads a package; sensors with automatic updates get it at once.</summary>
    /// <param name="content">UTF-8 JSON.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChangeOutcome<PackageEntry>> UploadAsync(byte[] content, Actor actor, CancellationToken cancellationToken)
    {
        if (content.Length > MaxBytes)
        {
            return ChangeOutcome<PackageEntry>.Refused(StoreOutcome.Conflict, $"A package has at most {MaxBytes} bytes.");
        }

        var (version, mistakes) = PackageContent.Check(content);
        if (version is null || mistakes.Count > 0)
        {
            return ChangeOutcome<PackageEntry>.Refused(StoreOutcome.Conflict, mistakes);
        }

        var manifest = JsonSerializer.SerializeToUtf8Bytes(
            new PackageManifest
            {
                Kind = Kind,
                Version = version,
                ContentPath = $"/downloads/ti/{version}/content",
                Length = content.Length,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
                CreatedAt = clock.GetUtcNow(),
            },
            CulvertJson.Default.PackageManifest);
        var package = new PackageEntry
        {
            Kind = Kind,
            Version = version,
            Length = content.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
            Manifest = new SignedPackageManifest(Convert.ToBase64String(manifest), Convert.ToBase64String(authority.SignPackage(manifest))),
            CreatedAt = clock.GetUtcNow(),
            UploadedBy = actor.Name,
        };
        if (await store.Packages.CreateAsync(package, content, cancellationToken) != StoreOutcome.Done)
        {
            return ChangeOutcome<PackageEntry>.Refused(StoreOutcome.Conflict, $"version: there is a package {version} already; a changed package needs a new version.");
        }

        await audit.AppendAsync(actor, "package.upload", version, $"{Words.Bytes(content.Length)}, SHA-256 {package.Sha256}", cancellationToken);
        changes.Publish(ChangeKind.Packages);
        // An older package that is uploaded later is for rolling back, not for everybody.
        if (await store.Packages.ListAsync(Kind, cancellationToken) is [var newest, ..] && newest.Version == version)
        {
            await PushAsync(version, [.. (await ListSensorsAsync(cancellationToken)).Where(s => s.AutomaticThreatIntelligence).Select(s => s.Name)], actor, cancellationToken);
        }

        return ChangeOutcome<PackageEntry>.Done(package);
    }

    /// <summary>Makes a package the desired one of some sensors; an older one than they have is a rollback.</summary>
    /// <param name="version">The package.</param>
    /// <param name="names">The sensors.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The sensors that were told, or will be when they connect.</returns>
    public async Task<ChangeOutcome<IReadOnlyList<string>>> PushAsync(string version, IReadOnlyList<string> names, Actor actor, CancellationToken cancellationToken)
    {
        if (await store.Packages.FindAsync(Kind, version, cancellationToken) is null)
        {
            return ChangeOutcome<IReadOnlyList<string>>.Refused(StoreOutcome.NotFound, $"There is no package {version}.");
        }

        var told = new List<string>();
        foreach (var name in names)
        {
            if ((await sensors.DesireAsync(name, Desire(version), actor, cancellationToken)).IsDone)
            {
                told.Add(name);
            }
        }

        return ChangeOutcome<IReadOnlyList<string>>.Done(told);
    }

    /// <summary>Removes a package; Conflict while a sensor is to have it.</summary>
    /// <param name="version">The package.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoreOutcome> DeleteAsync(string version, Actor actor, CancellationToken cancellationToken)
    {
        foreach (var sensor in await ListSensorsAsync(cancellationToken))
        {
            if (await store.Twins.FindAsync(sensor.Name, cancellationToken) is { } twin
                && JsonNode.Parse(twin.Desired)?["threatIntelligence"]?["version"]?.GetValue<string>() == version)
            {
                return StoreOutcome.Conflict;
            }
        }

        var outcome = await store.Packages.DeleteAsync(Kind, version, cancellationToken);
        if (outcome == StoreOutcome.Done)
        {
            await audit.AppendAsync(actor, "package.delete", version, "", cancellationToken);
            changes.Publish(ChangeKind.Packages);
        }

        return outcome;
    }

    /// <summary>The patch of desired properties that asks for a package.</summary>
    /// <param name="version">Its version.</param>
    internal static JsonObject Desire(string version) => new()
    {
        ["threatIntelligence"] = new JsonObject { ["version"] = version, ["manifestPath"] = $"/downloads/ti/{version}/manifest.json" },
    };

    private async Task<List<SensorEntry>> ListSensorsAsync(CancellationToken cancellationToken)
    {
        var sensorsFound = new List<SensorEntry>();
        while (true)
        {
            var page = await store.Sensors.QueryAsync(new SensorQuery { Page = new PageRequest(sensorsFound.Count, PageRequest.MaxLimit) }, cancellationToken);
            sensorsFound.AddRange(page.Items);
            if (page.Items.Count < PageRequest.MaxLimit)
            {
                return sensorsFound;
            }
        }
    }
}
