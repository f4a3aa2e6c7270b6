namespace Culvert.Planning;

/// <summary>A rule of an Azure network security group.</summary>
internal sealed record NsgRule(int Line, string Name, int Priority, bool IsInbound, bool IsAllow, string Protocol, IReadOnlyList<string> Sources, IReadOnlyList<string> Destinations, IReadOnlyList<string> Ports);

/// <summary>A network security group, with time-outs of load balancers that stand in the same export.</summary>
internal sealed record NsgExport(IReadOnlyList<NsgRule> Rules, IReadOnlyList<(int Line, int Minutes)> IdleTimeouts);
