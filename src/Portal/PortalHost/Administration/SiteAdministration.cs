using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Changes of sites and zones, written down.</summary>
public sealed class SiteAdministration(IPortalStore store, AuditTrail audit, ChangeFeed changes, TimeProvider clock)
{
    private const int MaxTags = 50;

    /// <summary>Whether a text can name a site or a zone: 1 to 128 characters, no control character, no '/', no space at either end.</summary>
    /// <param name="name">The text.</param>
    public static bool IsName(string? name) => name is { Length: > 0 and <= 128 } && name.Trim() == name && !name.Any(c => char.IsControl(c) || c == '/');

    /// <summary>Makes a site.</summary>
    /// <param name="site">The site with its zones.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChangeOutcome<SiteEntry>> CreateAsync(SiteEntry site, Actor actor, CancellationToken cancellationToken) => Check(site) is { Count: > 0 } mistakes
        ? ChangeOutcome<SiteEntry>.Refused(StoreOutcome.Conflict, mistakes)
        : await FinishAsync(await store.Sites.CreateAsync(site with { CreatedAt = clock.GetUtcNow() }, cancellationToken), site.Name, "site.create", actor, cancellationToken);

    /// <summary>Changes display name, owner and tags.</summary>
    /// <param name="site">The site by its name.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChangeOutcome<SiteEntry>> UpdateAsync(SiteEntry site, Actor actor, CancellationToken cancellationToken) => Check(site) is { Count: > 0 } mistakes
        ? ChangeOutcome<SiteEntry>.Refused(StoreOutcome.Conflict, mistakes)
        : await FinishAsync(await store.Sites.UpdateAsync(site, cancellationToken), site.Name, "site.update", actor, cancellationToken);

    /// <summary>Adds a zone, or changes its level.</summary>
    /// <param name="site">The site's name.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChangeOutcome<SiteEntry>> PutZoneAsync(string site, ZoneEntry zone, Actor actor, CancellationToken cancellationToken) =>
        CheckZone(zone) is { } mistake
            ? ChangeOutcome<SiteEntry>.Refused(StoreOutcome.Conflict, mistake)
            : await FinishAsync(await store.Sites.PutZoneAsync(site, zone, cancellationToken), site, "zone.put", actor, cancellationToken);

    /// <summary>Removes a site.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoreOutcome> DeleteAsync(string name, Actor actor, CancellationToken cancellationToken) =>
        await NoteAsync(await store.Sites.DeleteAsync(name, cancellationToken), name, "site.delete", actor, cancellationToken);

    /// <summary>Removes a zone.</summary>
    /// <param name="site">The site's name.</param>
    /// <param name="zone">The zone's name.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoreOutcome> DeleteZoneAsync(string site, string zone, Actor actor, CancellationToken cancellationToken) =>
        await NoteAsync(await store.Sites.DeleteZoneAsync(site, zone, cancellationToken), $"{site}/{zone}", "zone.delete", actor, cancellationToken);

    private static List<string> Check(SiteEntry site)
    {
        var mistakes = new List<string>();
        if (!IsName(site.Name))
        {
            mistakes.Add("name: a name has 1 to 128 characters, none of them a control character or '/'.");
        }

        if (site.DisplayName.Length > 256 || site.Owner.Length > 1024)
        {
            mistakes.Add("displayName has at most 256 characters, owner at most 1024.");
        }

        if (site.Tags.Count > MaxTags || site.Tags.Any(t => t.Key.Length is 0 or > 128 || t.Value.Length > 256))
        {
            mistakes.Add($"tags: at most {MaxTags}, keys of 1 to 128 characters, values of at most 256.");
        }

        mistakes.AddRange(site.Zones.Select(CheckZone).OfType<string>());
        return mistakes;
    }

    private static string? CheckZone(ZoneEntry zone) =>
        !IsName(zone.Name) ? "zone: a name has 1 to 128 characters, none of them a control character or '/'."
        : zone.PurdueLevel is { } level && PurdueLevel.All.All(l => l.Value != level) ? $"purdueLevel: {level} is not a Purdue level; expected 0, 1, 2, 3, 3.5, 4 or 5."
        : null;

    private async Task<ChangeOutcome<SiteEntry>> FinishAsync(StoreOutcome outcome, string name, string action, Actor actor, CancellationToken cancellationToken) =>
        await NoteAsync(outcome, name, action, actor, cancellationToken) == StoreOutcome.Done && await store.Sites.FindAsync(name, cancellationToken) is { } site
            ? ChangeOutcome<SiteEntry>.Done(site)
            : ChangeOutcome<SiteEntry>.Refused(outcome, outcome == StoreOutcome.NotFound ? $"There is no site '{name}'." : $"There is a site '{name}' already.");

    private async Task<StoreOutcome> NoteAsync(StoreOutcome outcome, string subject, string action, Actor actor, CancellationToken cancellationToken)
    {
        if (outcome == StoreOutcome.Done)
        {
            await audit.AppendAsync(actor, action, subject, "", cancellationToken);
            changes.Publish(ChangeKind.Sites);
        }

        return outcome;
    }
}
