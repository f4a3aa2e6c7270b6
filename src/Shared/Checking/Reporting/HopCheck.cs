namespace Culvert.Checking;

/// <summary>One hop as it was found.</summary>
public sealed record HopCheck
{
    /// <summary>Position on the route, 0 for the hop nearest to the sensor.</summary>
    public required int Index { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens, as <c>scheme://host:port</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Its Purdue level, where known.</summary>
    public string? Level { get; init; }

    /// <summary>Who opens the way to it.</summary>
    public HopReach Reach { get; init; }

    /// <summary>Whether credentials are set for it.</summary>
    public bool HasCredentials { get; init; }

    /// <summary>Its certificate; null when its scheme is not <c>https</c> or it was not reached.</summary>
    public CertificateSeen? Certificate { get; init; }
}
