namespace Culvert.Lab;

/// <summary>When a pool grows and when it shrinks.</summary>
/// <param name="TunnelsPerMember">Open tunnels that one member shall have on the average, as the planned autoscaler of Kubernetes has it.</param>
/// <param name="CalmFor">How long fewer members must have been enough before one leaves.</param>
public sealed record AutoscaleRules(int TunnelsPerMember, TimeSpan CalmFor)
{
    /// <summary>How many members these tunnels ask for.</summary>
    public int Wanted(SiteProxyPool pool, long tunnels)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return (int)Math.Clamp((tunnels + TunnelsPerMember - 1) / TunnelsPerMember, pool.MinMembers, pool.MaxMembers);
    }
}
