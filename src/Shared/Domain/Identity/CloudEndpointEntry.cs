namespace Culvert;

/// <summary>A cloud endpoint as written in files.</summary>
/// <param name="Service">Which service.</param>
/// <param name="Host">Exact host name or address.</param>
/// <param name="Port">TCP port.</param>
public sealed record CloudEndpointEntry(CloudService Service, string Host, int Port)
{
    /// <summary>The checked form. Throws <see cref="FormatException"/> when host or port is not exact and valid.</summary>
    public CloudEndpoint ToEndpoint() => new(Service, new HostPort(Host, Port));
}
