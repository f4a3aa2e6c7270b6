namespace Culvert;

/// <summary>How a sensor reaches its cloud.</summary>
public enum ConnectionMethod
{
    /// <summary>Straight to the cloud endpoints.</summary>
    Direct,

    /// <summary>Through a proxy pool in a private virtual network of the cloud, reached over VPN or ExpressRoute.</summary>
    CloudProxy,

    /// <summary>Through proxies up the Purdue levels.</summary>
    ProxyChain,

    /// <summary>From a sensor in another public cloud, over VPN or private peering, then as <see cref="CloudProxy"/>.</summary>
    Multicloud,
}
