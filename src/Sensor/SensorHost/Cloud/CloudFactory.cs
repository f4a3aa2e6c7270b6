using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Culvert.Tunnels;
using Microsoft.Extensions.Logging;

namespace Culvert.SensorHost;

/// <summary>Makes the way to a cloud with this process's clock, randomness and log.</summary>
internal sealed class CloudFactory(TimeProvider clock, Random random, ILogger logger)
{
    /// <summary>Makes it; nothing is opened.</summary>
    public SensorCloud Create(ActivationContent activation, X509Certificate2Collection trust, Func<SslStreamCertificateContext?> identity, SensorFileSettings settings) =>
        new(activation, trust, identity, settings, new RouteSelectorOptions(), clock, random, logger);
}
