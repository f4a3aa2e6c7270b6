using System.Net;

namespace Culvert.Lab;

/// <summary>A host's network interface.</summary>
/// <param name="Name">As the kernel knows it, at most 15 characters.</param>
/// <param name="Segment">The segment it is plugged into: a zone's name, the internet, or a private peering.</param>
/// <param name="Addresses">Its addresses with the segment's prefix length.</param>
public sealed record LabInterface(string Name, string Segment, IReadOnlyList<LabAddress> Addresses);

/// <summary>An address and the length of its network's prefix.</summary>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">In bits; 32 where the segment is no subnet.</param>
public sealed record LabAddress(IPAddress Address, int PrefixLength)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Address}/{PrefixLength}";
}

/// <summary>A route of a host.</summary>
/// <param name="To">The network led to.</param>
/// <param name="Via">The next router; null where the network is on the segment itself.</param>
/// <param name="Interface">Through which interface.</param>
/// <param name="Metric">Lower is preferred; 0 leaves it to the kernel.</param>
public sealed record LabRoute(IPNetwork To, IPAddress? Via, string Interface, int Metric = 0);
