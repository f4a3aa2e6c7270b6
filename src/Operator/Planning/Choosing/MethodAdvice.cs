namespace Culvert.Planning;

/// <summary>The method that fits, why, and what speaks against the others.</summary>
/// <param name="Method">The method.</param>
/// <param name="Interconnect">How two clouds are joined, for <see cref="ConnectionMethod.Multicloud"/>; null otherwise.</param>
/// <param name="Reasons">Why this one, a sentence each.</param>
/// <param name="Alternatives">The other methods.</param>
public sealed record MethodAdvice(
    ConnectionMethod Method, CloudInterconnect? Interconnect, IReadOnlyList<string> Reasons, IReadOnlyList<MethodAlternative> Alternatives)
{
    /// <summary>The other ways to join two clouds, for <see cref="ConnectionMethod.Multicloud"/>.</summary>
    public IReadOnlyList<InterconnectAlternative> OtherInterconnects { get; init; } = [];
}

/// <summary>A way to join two clouds that was not chosen.</summary>
/// <param name="Interconnect">The way.</param>
/// <param name="Against">What speaks against it here.</param>
public sealed record InterconnectAlternative(CloudInterconnect Interconnect, string Against);

/// <summary>A method that was not chosen.</summary>
/// <param name="Method">The method.</param>
/// <param name="Against">What speaks against it here, or where it would do as well.</param>
public sealed record MethodAlternative(ConnectionMethod Method, string Against);

/// <summary>How two clouds are joined.</summary>
public enum CloudInterconnect
{
    /// <summary>Public addresses over the internet; nothing is joined.</summary>
    PublicInternet,

    /// <summary>A site-to-site VPN over the internet.</summary>
    Vpn,

    /// <summary>ExpressRoute whose routers the customer owns and runs.</summary>
    ExpressRouteOwnRouters,

    /// <summary>ExpressRoute through a cloud exchange provider.</summary>
    ExpressRouteExchange,
}
