using System.Collections.Concurrent;

namespace Culvert.Checking;

/// <summary>What the ways that work show about the places on them: a hop that opened another way lives, and an endpoint that showed its own certificate has one.</summary>
internal sealed class LivingHops
{
    private readonly ConcurrentDictionary<HostPort, string> _opened = new();
    private readonly ConcurrentDictionary<string, string> _proved = new();

    /// <summary>Learns from one dial.</summary>
    public void Learn(Route route, EndpointCheck endpoint)
    {
        for (var i = 0; i < route.Hops.Count; i++)
        {
            if (new FaultPlace(route, endpoint.Address, endpoint.Trace).Opened(i))
            {
                _opened.TryAdd(route.Hops[i].Address, $"its stretch to {endpoint.Address} on route {route.Name}");
            }
        }

        if (endpoint.Certificate is not null)
        {
            _proved.TryAdd(endpoint.Address, route.Name);
        }
    }

    /// <summary>What a hop opened, in words; null when nothing is known.</summary>
    public string? OpenedOn(HostPort hop) => _opened.GetValueOrDefault(hop);

    /// <summary>The route by which an endpoint showed a certificate that was accepted; null when there is none.</summary>
    public string? ProvedOn(HostPort endpoint) => _proved.GetValueOrDefault(endpoint.ToString());
}
