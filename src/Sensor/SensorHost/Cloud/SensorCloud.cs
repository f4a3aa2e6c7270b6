using System.Collections.Frozen;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Culvert.Tunnels;
using Culvert.Uplink;
using Microsoft.Extensions.Logging;

namespace Culvert.SensorHost;

/// <summary>The way to this sensor's cloud: routes, dialer, bandwidth cap, and the door to the endpoints behind them. Everything that leaves the sensor goes through here.</summary>
internal sealed class SensorCloud : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly X509Certificate2Collection _trust;
    private readonly Func<SslStreamCertificateContext?> _identity;
    private readonly Lock _gate = new();
    private BandwidthLimiter? _limiter;

    /// <summary>Puts it together; nothing is opened.</summary>
    public SensorCloud(
        ActivationContent activation, X509Certificate2Collection trust, Func<SslStreamCertificateContext?> identity, SensorFileSettings settings,
        RouteSelectorOptions selection, TimeProvider clock, Random random, ILogger logger)
    {
        (_clock, _trust, _identity) = (clock, trust, identity);
        SetBandwidth(settings.BandwidthKbps);
        Endpoints = [.. activation.Endpoints.Select(e => e.ToEndpoint())];
        Routes = settings.Routes;
        var dialer = new TunnelDialer(new TunnelDialerOptions { Hosts = settings.Hosts }, clock);
        Dialer = new RoutedDialer(dialer, new RouteSelector(settings.Routes, selection, clock, random), selection);
        Dialer.Dialed += result => Note(logger, result);
        Dialer.Dialed += SensorSpans.Dialed;
        Dialer.Selector.ActiveChanged += route => SensorLog.RouteInUse(logger, route.Name);
        Access = new CloudAccess(
            Endpoints,
            endpoint => TunnelHttp.CreateHandler(Dialer, new[] { endpoint.Address }.ToFrozenSet(), () => Tls(endpoint.Service)),
            async (endpoint, cancellationToken) =>
            {
                var result = await Dialer.ConnectAsync(endpoint.Address, Tls(endpoint.Service), cancellationToken);
                return result.Stream ?? throw new TunnelFailedException(result.Trace);
            },
            new CloudReadings(clock));
    }

    /// <summary>The exact endpoints.</summary>
    public IReadOnlyList<CloudEndpoint> Endpoints { get; }

    /// <summary>The routes of the settings file.</summary>
    public IReadOnlyList<Route> Routes { get; }

    /// <summary>Opens tunnels over the best route.</summary>
    public RoutedDialer Dialer { get; }

    /// <summary>The door to the cloud's services.</summary>
    public CloudAccess Access { get; }

    /// <summary>The cap in kbit/s and the bytes sent under it so far; null without cap.</summary>
    public (int Kbps, long BytesSent)? Bandwidth
    {
        get
        {
            lock (_gate)
            {
                return _limiter is null ? null : (_limiter.Kbps, _limiter.BytesSent);
            }
        }
    }

    /// <summary>Sets the cap on what leaves the sensor, in kbit/s; 0 for none. Holds for open tunnels too, unless there was none before.</summary>
    public void SetBandwidth(int kbps)
    {
        lock (_gate)
        {
            if (kbps == 0)
            {
                _limiter = null;
            }
            else if (_limiter is null)
            {
                _limiter = new BandwidthLimiter(kbps, _clock);
            }
            else
            {
                _limiter.Kbps = kbps;
            }
        }
    }

    /// <summary>TLS with an endpoint as it is now: trust of the activation file, the identity in use, the cap and whose share of it.</summary>
    public EndpointTls Tls(CloudService service)
    {
        lock (_gate)
        {
            return new EndpointTls { Trust = _trust, Identity = _identity(), Limiter = _limiter, Service = service };
        }
    }

    /// <summary>Probes routes that failed until cancelled, so that a better one is taken back. Any service that opens shows that a route can be used.</summary>
    public Task ProbeAsync(CancellationToken cancellationToken)
    {
        var services = Enum.GetValues<CloudService>().GroupBy(s => Access[s].Address).ToDictionary(g => g.Key, g => g.First());
        return Dialer.ProbeAsync([.. services.Keys], address => Tls(services[address]), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Access.Dispose();
        _limiter?.Dispose();
    }

    private static void Note(ILogger logger, DialResult result)
    {
        if (!result.Succeeded && result.Trace.Failure is { } failure)
        {
            SensorLog.DialFailed(logger, result.Trace.Route, failure.Target, failure.Stage, failure.Cause, failure.Evidence);
        }
    }
}
