using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Writes down who changed what.</summary>
public sealed class AuditTrail(IPortalStore store, TimeProvider clock)
{
    /// <summary>Adds an entry.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="action">What, as <c>sensor.onboard</c>.</param>
    /// <param name="subject">To what.</param>
    /// <param name="detail">The new values in words; never a secret.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task AppendAsync(Actor actor, string action, string subject, string detail, CancellationToken cancellationToken) => store.Audit.AppendAsync(
        new AuditEntry { At = clock.GetUtcNow(), Actor = actor.Name, Action = action, Subject = subject, Detail = detail, Address = actor.Address },
        cancellationToken);
}
