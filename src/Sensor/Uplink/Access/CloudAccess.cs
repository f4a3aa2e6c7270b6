using System.Collections.Frozen;

namespace Culvert.Uplink;

/// <summary>The one door to the cloud endpoints: everything the uplink sends goes through the tunnels behind it. There is no other HTTP client in the sensor.</summary>
public sealed class CloudAccess : IDisposable
{
    // Longest time for one request: 1 MiB at the smallest bandwidth cap (350 kbit/s) takes 24 s, and four may wait for each other.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(2);

    private readonly FrozenDictionary<CloudService, CloudEndpoint> _endpoints;
    private readonly FrozenDictionary<CloudService, HttpClient> _clients;
    private readonly FrozenDictionary<CloudService, HttpMessageInvoker> _invokers;
    private readonly Func<CloudEndpoint, CancellationToken, Task<Stream>> _openTls;

    /// <summary>Makes the door.</summary>
    /// <param name="endpoints">The exact endpoints, all five services.</param>
    /// <param name="createHandler">Gives an HTTP handler that reaches this endpoint and no other, through the tunnels, with the sensor's TLS policy and identity.</param>
    /// <param name="openTls">Opens a tunnel to the endpoint with TLS inside it, end to end.</param>
    /// <param name="readings">Where outcomes, the cloud's clock and refusals are noted.</param>
    public CloudAccess(
        IEnumerable<CloudEndpoint> endpoints,
        Func<CloudEndpoint, HttpMessageHandler> createHandler,
        Func<CloudEndpoint, CancellationToken, Task<Stream>> openTls,
        CloudReadings readings)
    {
        _endpoints = endpoints.ToFrozenDictionary(e => e.Service);
        var missing = Enum.GetValues<CloudService>().Except(_endpoints.Keys).ToList();
        if (missing.Count > 0)
        {
            throw new ArgumentException($"No endpoint is given for {string.Join(", ", missing)}.", nameof(endpoints));
        }

        _openTls = openTls;
        Readings = readings;
        var handlers = _endpoints.Values.ToDictionary(e => e.Service, e => (HttpMessageHandler)new ReadingHandler(e.Service, readings, createHandler(e)));
        _invokers = handlers.ToFrozenDictionary(h => h.Key, h => new HttpMessageInvoker(h.Value, disposeHandler: true));
        _clients = handlers.ToFrozenDictionary(h => h.Key, h => new HttpClient(h.Value, disposeHandler: false)
        {
            BaseAddress = new Uri($"https://{_endpoints[h.Key].Address}/"),
            Timeout = RequestTimeout,
            MaxResponseContentBufferSize = 4 * 1024 * 1024,
        });
    }

    /// <summary>What was learned from the answers.</summary>
    public CloudReadings Readings { get; }

    /// <summary>The endpoint of a service.</summary>
    public CloudEndpoint this[CloudService service] => _endpoints[service];

    /// <summary>The HTTP client of a service; owned by this door.</summary>
    public HttpClient Client(CloudService service) => _clients[service];

    /// <summary>The same without time limit and redirects, for WebSockets.</summary>
    public HttpMessageInvoker Invoker(CloudService service) => _invokers[service];

    /// <summary>Opens TLS to a service, for protocols that are not HTTP.</summary>
    public async Task<Stream> OpenTlsAsync(CloudService service, CancellationToken cancellationToken)
    {
        try
        {
            var stream = await _openTls(_endpoints[service], cancellationToken);
            Readings.Succeeded(service);
            return stream;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Readings.Failed(service, e);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }

        foreach (var invoker in _invokers.Values)
        {
            invoker.Dispose();
        }
    }
}
