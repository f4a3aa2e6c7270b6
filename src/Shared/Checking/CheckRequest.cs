using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Checking;

/// <summary>What is to be proved: every cloud endpoint by every route.</summary>
public sealed record CheckRequest
{
    /// <summary>The sensor's name; null where none is known yet.</summary>
    public string? Sensor { get; init; }

    /// <summary>The ways, preferred ones first.</summary>
    public required IReadOnlyList<Route> Routes { get; init; }

    /// <summary>The cloud endpoints. Services at the same address are dialled together.</summary>
    public required IReadOnlyList<CloudEndpoint> Endpoints { get; init; }

    /// <summary>CA certificates of the cloud; null means the operating system's.</summary>
    public X509Certificate2Collection? Trust { get; init; }

    /// <summary>The sensor's client certificate; null before activation: TLS is then reached and nothing that needs an identity is judged.</summary>
    public SslStreamCertificateContext? Identity { get; init; }

    /// <summary>Whether the sensor's session with the hub is opened with its identity, and ended again. Not where the sensor runs: a second session of the same name ends the first.</summary>
    public bool OpenSession { get; init; }

    /// <summary>The cap on what the sensor sends, in kbit/s; 0 for none.</summary>
    public int BandwidthKbps { get; init; }

    /// <summary>The addresses that the site's list gives for host names, in lower case; names that are not in it may have any address.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> ListedAddresses { get; init; } = new Dictionary<string, IReadOnlyList<IPAddress>>();

    /// <summary>How often the sensor gives a sign of life before it has learnt better: a way that is cut sooner costs it its session until then.</summary>
    public TimeSpan KeepAlive { get; init; } = new KeepAliveOptions().Usual;

    /// <summary>The shortest interval that it learns: a way that is cut sooner carries no session at all.</summary>
    public TimeSpan ShortestKeepAlive { get; init; } = new KeepAliveOptions().Shortest;
}
