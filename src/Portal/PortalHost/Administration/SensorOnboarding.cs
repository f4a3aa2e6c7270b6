using System.Text.Json;
using Culvert.PortalHost.Components.Parts;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Onboards sensors and issues their signed activation files.</summary>
public sealed class SensorOnboarding(IPortalStore store, PortalAuthority authority, PortalAddress address, PortalOptions options, AuditTrail audit, ChangeFeed changes, TimeProvider clock)
{
    /// <summary>How long an unused activation file is valid, as in Defender for IoT.</summary>
    public static TimeSpan ActivationLifetime { get; } = TimeSpan.FromDays(14);

    /// <summary>Onboards a sensor.</summary>
    /// <param name="request">The sensor.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The activation file; Conflict when the name is taken, NotFound when site or zone is not there.</returns>
    public async Task<ChangeOutcome<ActivationFile>> OnboardAsync(OnboardingRequest request, Actor actor, CancellationToken cancellationToken)
    {
        var mistakes = Check(request);
        if (mistakes.Count > 0)
        {
            return ChangeOutcome<ActivationFile>.Refused(StoreOutcome.Conflict, mistakes);
        }

        var now = clock.GetUtcNow();
        if (request.CreatePlace)
        {
            await CreatePlaceAsync(request, now, cancellationToken);
        }

        var token = Secrets.Make();
        var outcome = await store.Sensors.CreateAsync(
            new NewSensor
            {
                Name = new SensorId(request.Name),
                Type = request.Type,
                Mode = request.Mode,
                Site = request.Site,
                Zone = request.Zone,
                AutomaticThreatIntelligence = request.AutomaticThreatIntelligence,
                TokenHash = Secrets.Hash(token),
                CreatedAt = now,
                TokenExpiresAt = now + ActivationLifetime,
            },
            cancellationToken);
        if (outcome != StoreOutcome.Done)
        {
            return ChangeOutcome<ActivationFile>.Refused(
                outcome,
                outcome == StoreOutcome.NotFound ? $"There is no zone '{request.Zone}' in a site '{request.Site}'." : $"There is a sensor '{request.Name}' already.");
        }

        await audit.AppendAsync(actor, "sensor.onboard", request.Name, $"{Words.Of(request.Type)}, {Words.Of(request.Mode)}, in {request.Site}/{request.Zone}", cancellationToken);
        if (request.AutomaticThreatIntelligence && await store.Packages.ListAsync(PackageCatalogue.Kind, cancellationToken) is [var newest, ..])
        {
            await store.Twins.PatchDesiredAsync(request.Name, PackageCatalogue.Desire(newest.Version), cancellationToken);
        }

        changes.Publish(ChangeKind.Sensor, request.Name);
        var sensor = await store.Sensors.FindAsync(request.Name, cancellationToken);
        return ChangeOutcome<ActivationFile>.Done(Sign(sensor!, token, now));
    }

    /// <summary>Issues a new activation file; the one before it is void.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChangeOutcome<ActivationFile>> ReissueAsync(string name, Actor actor, CancellationToken cancellationToken)
    {
        if (address.Current is null)
        {
            return ChangeOutcome<ActivationFile>.Refused(StoreOutcome.Conflict, NoAddress);
        }

        var (now, token) = (clock.GetUtcNow(), Secrets.Make());
        if (await store.Sensors.ReplaceTokenAsync(name, Secrets.Hash(token), now, now + ActivationLifetime, cancellationToken) != StoreOutcome.Done)
        {
            return ChangeOutcome<ActivationFile>.Refused(StoreOutcome.NotFound, $"There is no sensor '{name}'.");
        }

        await audit.AppendAsync(actor, "sensor.reissueActivation", name, "", cancellationToken);
        changes.Publish(ChangeKind.Sensor, name);
        return ChangeOutcome<ActivationFile>.Done(Sign((await store.Sensors.FindAsync(name, cancellationToken))!, token, now));
    }

    private const string NoAddress = "The portal has not run yet, so its address is not known: start it once, or give its host name and port.";

    private List<string> Check(OnboardingRequest request)
    {
        var mistakes = new List<string>();
        if (!SensorId.IsValid(request.Name))
        {
            mistakes.Add($"name: '{request.Name}' is not a sensor name; expected 1 to {SensorId.MaxLength} letters, digits, '-', '.' or '_', starting with a letter or digit.");
        }

        foreach (var (field, value) in ((string, string)[])[("site", request.Site), ("zone", request.Zone)])
        {
            if (!SiteAdministration.IsName(value))
            {
                mistakes.Add($"{field}: a name has 1 to 128 characters, none of them a control character or '/'.");
            }
        }

        if (request.PurdueLevel is not null && !PurdueLevel.TryParse(request.PurdueLevel, out _))
        {
            mistakes.Add($"purdueLevel: '{request.PurdueLevel}' is not a Purdue level; expected 0, 1, 2, 3, 3.5, 4 or 5.");
        }

        if (address.Current is null)
        {
            mistakes.Add(NoAddress);
        }

        return mistakes;
    }

    private async Task CreatePlaceAsync(OnboardingRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        decimal? level = PurdueLevel.TryParse(request.PurdueLevel, out var parsed) ? parsed.Value : null;
        await store.Sites.CreateAsync(new SiteEntry { Name = request.Site, CreatedAt = now }, cancellationToken);
        var site = await store.Sites.FindAsync(request.Site, cancellationToken);
        if (level is not null || site?.Zones.Any(z => string.Equals(z.Name, request.Zone, StringComparison.OrdinalIgnoreCase)) == false)
        {
            await store.Sites.PutZoneAsync(request.Site, new ZoneEntry { Name = request.Zone, PurdueLevel = level }, cancellationToken);
        }
    }

    private ActivationFile Sign(SensorEntry sensor, string token, DateTimeOffset now)
    {
        var trust = authority.Root.ExportCertificatePem();
        if (options.CertificateTrustFile is { } file)
        {
            trust = $"{trust}\n{File.ReadAllText(file)}";
        }

        var content = JsonSerializer.SerializeToUtf8Bytes(
            new ActivationContent
            {
                Sensor = sensor.Name,
                Type = sensor.Type,
                Mode = sensor.Mode,
                Site = sensor.Site,
                Zone = sensor.Zone,
                AutomaticThreatIntelligence = sensor.AutomaticThreatIntelligence,
                Endpoints = address.Endpoints,
                TrustPem = trust,
                PackageSigningKeyPem = authority.PackageKey.ExportSubjectPublicKeyInfoPem(),
                EnrolmentToken = token,
                IssuedAt = now,
                ExpiresAt = now + ActivationLifetime,
            },
            CulvertJson.Default.ActivationContent);
        return new ActivationFile
        {
            Content = Convert.ToBase64String(content),
            Signature = Convert.ToBase64String(authority.SignActivation(content)),
            SignerPem = authority.Signing.ExportCertificatePem(),
        };
    }
}
