namespace Culvert.Checking.Tests.Faults;

/// <summary>Two faults at once, and what the check must say of them: all that can be seen, and nothing of hops that are well.</summary>
/// <param name="Name">In words.</param>
/// <param name="Build">Makes the site with the faults.</param>
/// <param name="Expected">Every fault that must be named, and no other.</param>
internal sealed record FaultPair(string Name, Action<FaultSite> Build, params PairedFault[] Expected);
