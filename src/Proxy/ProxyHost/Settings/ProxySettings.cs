using System.Net;
using Culvert.Relaying;

namespace Culvert.ProxyHost;

/// <summary>The settings file of culvert-proxy.</summary>
internal sealed record ProxySettings
{
    public required RelaySettings Relay { get; init; }

    public required IReadOnlyList<ListenSettings> Listen { get; init; }

    /// <summary>Where /healthz and /metrics are served; null serves neither.</summary>
    public IPEndPoint? Health { get; init; }
}
