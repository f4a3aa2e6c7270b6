using System.Net;

namespace Culvert;

/// <summary>A proxy as planned, or a pool of them behind one address.</summary>
public sealed record SiteProxy
{
    /// <summary>Unique among the site's hosts.</summary>
    public required string Name { get; init; }

    /// <summary>Which program it is.</summary>
    public ProxyKind Kind { get; init; }

    /// <summary>The zone it stands in.</summary>
    public required string Zone { get; init; }

    /// <summary>Its address; of a pool, the load balancer's.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The name clients use; null means the address.</summary>
    public string? Host { get; init; }

    /// <summary>The port it listens on.</summary>
    public int Port { get; init; } = 3128;

    /// <summary>The protocol spoken to it.</summary>
    public HopScheme Scheme { get; init; }

    /// <summary>Names of the proxies it passes CONNECT on to, preferred ones first; empty means that it dials destinations itself.</summary>
    public IReadOnlyList<string> Parents { get; init; } = [];

    /// <summary>What clients must show; null when their addresses are enough.</summary>
    public SiteCredentials? Credentials { get; init; }

    /// <summary>Client networks besides those derived from the routes.</summary>
    public IReadOnlyList<IPNetwork> AllowedSources { get; init; } = [];

    /// <summary>How long a tunnel may be idle.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The members behind the address; null for a single proxy.</summary>
    public SiteProxyPool? Pool { get; init; }

    /// <summary>Where clients connect to.</summary>
    public HostPort Listen => new(Host ?? Address.ToString(), Port);
}

/// <summary>A name, and where its password is kept.</summary>
/// <param name="UserName">The name.</param>
/// <param name="Password">Never the password itself.</param>
public sealed record SiteCredentials(string UserName, SecretReference Password);

/// <summary>Proxies behind one load balancer.</summary>
/// <param name="Members">Their addresses in the lab or at start; scaling adds others of the zone.</param>
/// <param name="MinMembers">Never fewer.</param>
/// <param name="MaxMembers">Never more.</param>
public sealed record SiteProxyPool(IReadOnlyList<IPAddress> Members, int MinMembers, int MaxMembers);

/// <summary>Programs that can be a proxy on the way.</summary>
public enum ProxyKind
{
    /// <summary>culvert-proxy.</summary>
    Culvert,

    /// <summary>Squid.</summary>
    Squid,

    /// <summary>tinyproxy; knows one parent only.</summary>
    Tinyproxy,

    /// <summary>HAProxy in TCP mode: a front that spreads connections over its parents.</summary>
    Haproxy,

    /// <summary>Any other that supports CONNECT; somebody else configures it.</summary>
    Other,
}
