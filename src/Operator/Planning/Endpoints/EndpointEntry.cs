using System.Net;

namespace Culvert.Planning;

/// <summary>One exact place of a cloud.</summary>
/// <param name="Address">Exact host and port.</param>
/// <param name="Services">What is served there, in the order of the services.</param>
/// <param name="Addresses">Its addresses where they are fixed and known; empty where the name is resolved.</param>
/// <param name="NeededFrom">The software version that first needs it; null where it is needed now.</param>
public sealed record EndpointEntry(HostPort Address, IReadOnlyList<CloudService> Services, IReadOnlyList<IPAddress> Addresses, string? NeededFrom = null)
{
    /// <summary>The entry in one line, the same for the same content.</summary>
    public override string ToString() =>
        $"{Address} {string.Join(',', Services.Select(Words.Camel))}{(Addresses.Count > 0 ? $" [{string.Join(' ', Addresses)}]" : "")}{(NeededFrom is null ? "" : $" from {NeededFrom}")}";
}
