using System.Net;

namespace Culvert.Relaying;

/// <summary>One place where the proxy listens.</summary>
public sealed record ListenerSettings
{
    /// <summary>Address and port; port 0 takes any free one.</summary>
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>Fronts (load balancers) that begin each connection with a PROXY header, version 2; from them it is required, from others refused.</summary>
    public IReadOnlyList<IPNetwork> ProxyProtocolFrom { get; init; } = [];

    /// <summary>Opens TLS on accepted connections; null for plain HTTP. Relaying itself knows no TLS.</summary>
    public ISecureFront? Secure { get; init; }
}
