using System.Text.Json;
using Culvert.PortalHost.Components.Parts;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>How long the portal keeps what, in days; an owner may change it.</summary>
public sealed class RetentionSettings(IPortalStore store, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Longest retention: ten years.</summary>
    public const int MaxDays = 3660;

    private const string Setting = "retention";

    /// <summary>The limits in force.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RetentionDays> ReadAsync(CancellationToken cancellationToken) =>
        await store.Settings.FindAsync(Setting, cancellationToken) is { } stored ? JsonSerializer.Deserialize<RetentionDays>(stored.Body, JsonSerializerOptions.Web) ?? new() : new();

    /// <summary>Changes the limits; what is older goes within ten minutes.</summary>
    /// <param name="days">The limits.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChangeOutcome<RetentionDays>> ChangeAsync(RetentionDays days, Actor actor, CancellationToken cancellationToken)
    {
        string[] mistakes = [.. days.All().Where(d => d.Days is < 1 or > MaxDays).Select(d => $"{d.Name}: 1 to {MaxDays} days.")];
        if (mistakes.Length > 0)
        {
            return ChangeOutcome<RetentionDays>.Refused(StoreOutcome.Conflict, mistakes);
        }

        await store.Settings.PutAsync(new SettingEntry(Setting, JsonSerializer.Serialize(days, JsonSerializerOptions.Web), clock.GetUtcNow(), actor.Name), cancellationToken);
        await audit.AppendAsync(actor, "settings.retention", Setting, string.Join(", ", days.All().Select(d => $"{Words.Spaced(d.Name)} {d.Days} days")), cancellationToken);
        return ChangeOutcome<RetentionDays>.Done(days);
    }
}
