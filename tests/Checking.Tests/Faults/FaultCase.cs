namespace Culvert.Checking.Tests.Faults;

/// <summary>One fault, and what the check must say of it.</summary>
/// <param name="Name">In words.</param>
/// <param name="Build">Makes the site with the fault.</param>
/// <param name="Target">The hop (or <c>cloud</c>) that must be named.</param>
/// <param name="Cause">The cause that must be named.</param>
/// <param name="Actor">Who must be told to act.</param>
/// <param name="Towards">What the hop could not reach (a hop's name, or <c>cloud</c>); null when the fault is the place itself.</param>
internal sealed record FaultCase(string Name, Func<FaultSite, Task> Build, string Target, Cause Cause, ActingTeam Actor, string? Towards = null)
{
    public static FaultCase Of(string name, Action<FaultSite> build, string target, Cause cause, ActingTeam actor, string? towards = null) =>
        new(name, site => { build(site); return Task.CompletedTask; }, target, cause, actor, towards);
}
