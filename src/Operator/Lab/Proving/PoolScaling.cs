using System.Globalization;

namespace Culvert.Lab;

/// <summary>Proves while a sensor delivers that a pool scales: a new member takes load, and the one that carries most leaves in peace.</summary>
/// <param name="lab">The lab.</param>
/// <param name="pool">The pool.</param>
/// <param name="arrival">Waits until records arrive that were sent after this moment, and gives the seconds from it; null gives that none came.</param>
/// <param name="add">Takes what was found.</param>
internal sealed class PoolScaling(LabRuntime lab, SiteProxy pool, Func<long, CancellationToken, Task<double?>> arrival, Action<AcceptanceCheck> add)
{
    private const int TunnelsPerMember = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Whether the pool can be larger than it is and says what load it has.</summary>
    public bool CanScale => pool.Kind == ProxyKind.Culvert && pool.Pool!.MaxMembers > Members.Count && pool.Scheme == HopScheme.Http;

    private List<LabHost> Members => [.. lab.Network.Hosts.Where(h => h.Kind == LabHostKind.Member && h.Part == pool.Name)];

    /// <summary>One out, one in.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var before = Members;
        try
        {
            await GrowAsync(before, cancellationToken);
        }
        catch (LabException e) when (e.Section is not null)
        {
            add(new AcceptanceCheck("scaling", $"{pool.Name} can grow", true, $"not in this site: {e.Message}"));
            return;
        }

        await ShrinkAsync(before.Count, cancellationToken);
    }

    private async Task GrowAsync(List<LabHost> before, CancellationToken cancellationToken)
    {
        var started = lab.Clock.GetTimestamp();
        await lab.ScaleAsync(pool.Name, before.Count + 1, null, _ => { }, cancellationToken);
        var added = Members.First(m => before.All(b => b.Name != m.Name));
        await lab.LoadAsync(pool.Name, TunnelsPerMember * (before.Count + 1), _ => { }, cancellationToken);
        long tunnels = 0;
        while (tunnels == 0 && lab.Clock.GetElapsedTime(started) < Limit)
        {
            tunnels = (await MemberLoad.ReadAsync(pool, added, lab.Clock, cancellationToken))?.Tunnels ?? 0;
            await Task.Delay(TimeSpan.FromMilliseconds(tunnels == 0 ? 100 : 0), lab.Clock, cancellationToken);
        }

        await lab.LoadAsync(pool.Name, 0, _ => { }, cancellationToken);
        add(new AcceptanceCheck("scaling", $"{pool.Name} grows to {before.Count + 1}: {added.Name} takes load", tunnels > 0,
            string.Create(CultureInfo.InvariantCulture, $"{tunnels} of {TunnelsPerMember * (before.Count + 1)} new tunnels were its own"), lab.Clock.GetElapsedTime(started).TotalSeconds));
    }

    private async Task ShrinkAsync(int count, CancellationToken cancellationToken)
    {
        var (most, load) = (await lab.MemberLoadsAsync(pool, cancellationToken)).MaxBy(m => m.Load?.Tunnels ?? -1);
        var started = lab.Clock.GetTimestamp();
        await lab.ScaleAsync(pool.Name, count, most.Name, _ => { }, cancellationToken);
        var left = lab.Clock.GetElapsedTime(started).TotalSeconds;
        var records = await arrival(lab.Clock.GetTimestamp(), cancellationToken);
        add(new AcceptanceCheck("scaling", $"{pool.Name} shrinks to {count}: {most.Name}, which carries most, is drained and leaves", records is not null, string.Create(CultureInfo.InvariantCulture,
            $"it had {load?.Tunnels ?? 0} tunnels; records {(records is { } r ? $"arrived {r:0.0} s after it was gone" : "no longer arrived")}"), left));
    }
}
