namespace Culvert.Tunnels;

/// <summary>HTTP, WebSocket and the Azure SDK through tunnels: all of them take a <see cref="SocketsHttpHandler"/>.</summary>
public static class TunnelHttp
{
    /// <summary>A handler whose every connection is a tunnel with TLS inside, to one of the given endpoints and nothing else. It never goes around the routes: no system proxy, no redirects, no cookies.</summary>
    /// <param name="dialer">Chooses the route.</param>
    /// <param name="endpoints">The addresses that may be reached.</param>
    /// <param name="tls">Asked at each connection, so that a renewed identity is used at once.</param>
    public static SocketsHttpHandler CreateHandler(RoutedDialer dialer, IReadOnlySet<HostPort> endpoints, Func<EndpointTls> tls)
    {
        ArgumentNullException.ThrowIfNull(dialer);
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(tls);
        return new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = Timeout.InfiniteTimeSpan, // the dialer has a deadline for each stage
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(50), // below the shortest usual idle time-out, 60 s
            PooledConnectionLifetime = TimeSpan.FromMinutes(30), // so that a renewed certificate and a better route come into use
            ConnectCallback = async (context, cancellationToken) =>
            {
                var destination = new HostPort(context.DnsEndPoint.Host, context.DnsEndPoint.Port);
                if (!endpoints.Contains(destination))
                {
                    throw new HttpRequestException($"{destination} is not one of this sensor's cloud endpoints; nothing was sent.");
                }

                if (context.InitialRequestMessage.RequestUri?.Scheme is not ("https" or "wss"))
                {
                    throw new HttpRequestException($"{destination}: only https and wss are spoken; nothing was sent.");
                }

                var result = await dialer.ConnectAsync(destination, tls(), cancellationToken);
                // SocketsHttpHandler takes an SslStream as it is and adds no TLS of its own.
                return result.Stream ?? throw new TunnelFailedException(result.Trace);
            },
        };
    }
}
