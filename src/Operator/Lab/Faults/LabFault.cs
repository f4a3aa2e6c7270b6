using Culvert.Configuration;

namespace Culvert.Lab;

/// <summary>A fault that the lab can make at a hop.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does.</param>
/// <param name="Expected">What a check may rightly call it; empty where the way still works.</param>
public sealed record LabFault(string Name, string Description, IReadOnlyList<Cause> Expected)
{
    // What is slow enough is silent.
    private static readonly Cause[] WhenMuch = [Cause.ConnectionTimedOut, Cause.NoAnswer, Cause.UpstreamTimedOut];

    /// <summary>Whether it shows itself at what lies behind the hop: a hop that says 200 and spoils the tunnel afterwards, or swallows large packets, looks from before like a fault of what it leads to.</summary>
    public bool ShowsBehind { get; init; }

    /// <summary>Whether it may show itself at any station after the hop: what swallows large packets is met only where large packets are sent.</summary>
    public bool ShowsFurther { get; init; }

    /// <summary>Whether the way stays open: a check rightly says that all ways work, or names the cause.</summary>
    public bool LeavesOpen { get; init; }

    /// <summary>Whether a way goes on through it, worse than before: it hides no fault that lies further on.</summary>
    public bool LetsThrough => LeavesOpen || Name is "bandwidth" or "idle-cut";

    /// <summary>The value that it takes; null where it takes none.</summary>
    public FaultValue? Value { get; init; }

    /// <summary>Where it can be made.</summary>
    public required FaultPlaces Places { get; init; }

    /// <summary>Where it can be made, for people.</summary>
    public string Where => LabRuntime.WordsOf(Places);

    /// <summary>What it needs of the machine, or of the site file, besides the lab; empty for nothing.</summary>
    public string Needs { get; init; } = "";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<LabFault> All { get; } =
    [
        new("drop", "packets to the hop's port vanish", [Cause.ConnectionTimedOut, Cause.UpstreamTimedOut, Cause.UpstreamUnreachable]) { Places = FaultPlaces.Network },
        new("refuse", "the hop's port refuses connections", [Cause.ConnectionRefused, Cause.UpstreamUnreachable]) { Places = FaultPlaces.Network },
        new("reset", "connections to the hop are reset with their first bytes", [Cause.ConnectionReset, Cause.ConnectionClosed]) { Places = FaultPlaces.Network },
        new("kill", "the hop's program is dead", [Cause.ConnectionRefused, Cause.UpstreamUnreachable]) { Places = FaultPlaces.Program },
        new("freeze", "the hop's program hangs: it accepts and never answers", [Cause.NoAnswer, Cause.UpstreamTimedOut]) { Places = FaultPlaces.Program },
        new("member-dead", "one member of the pool is dead", []) { Places = FaultPlaces.Member, Needs = "a pool", LeavesOpen = true },
        new("delay", "packets take longer each way", [Cause.TooSlow, .. WhenMuch]) { Places = FaultPlaces.Cable, Value = new FaultValue(FaultUnit.Time, "200ms", 0.001, 60), Needs = "netem, or /dev/net/tun", LeavesOpen = true },
        new("bandwidth", "so little of the line is left", [Cause.TooSlow, .. WhenMuch]) { Places = FaultPlaces.Cable, Value = new FaultValue(FaultUnit.Rate, "128kbit", 8000, 1e9), Needs = "tbf in the kernel, or nftables netdev at an edge" },
        new("loss", "a part of the packets is lost each way", [Cause.TooSlow, Cause.LargePacketsLost, .. WhenMuch]) { Places = FaultPlaces.Cable, Value = new FaultValue(FaultUnit.Percent, "10%", 1, 100), Needs = "nftables netdev but at a firewall", LeavesOpen = true },
        new("mtu", "packets above a size vanish without a word", [Cause.LargePacketsLost, Cause.NoAnswer, Cause.TlsFailed, Cause.UpstreamTimedOut, Cause.ConnectionTimedOut]) { Places = FaultPlaces.Cable, Value = new FaultValue(FaultUnit.Size, "600B", 100, 9000), Needs = "nftables netdev but at a firewall", ShowsFurther = true },
        new("idle-cut", "a connection that is silent so long is forgotten", [Cause.IdleCut]) { Places = FaultPlaces.Network, Value = new FaultValue(FaultUnit.Time, "20s", 1, 3600) },
        // tinyproxy says no more of a name that it cannot find than that it could not connect.
        new("no-such-name", "the resolver says that the name does not exist", [Cause.NameNotFound, Cause.UpstreamUnreachable]) { Places = FaultPlaces.Resolver, Needs = "dnsServers in the zone" },
        new("wrong-dns", "the resolver answers with another address", [Cause.ConnectionTimedOut, Cause.UpstreamTimedOut, Cause.UpstreamUnreachable, Cause.NetworkUnreachable, Cause.ConnectionRefused]) { Places = FaultPlaces.Resolver, Needs = "dnsServers in the zone" },
        new("no-dns", "the resolver is silent", [Cause.ResolverUnreachable, Cause.UpstreamTimedOut, Cause.NameNotFound]) { Places = FaultPlaces.Resolver, Needs = "dnsServers in the zone" },
        new("credentials-wrong", "the hop's password was changed", [Cause.CredentialsWrong]) { Places = FaultPlaces.SingleProxy, Needs = "credentials in the site file" },
        new("certificate-expired", "the certificate of the https hop, or of the cloud, has expired", [Cause.ProxyCertificateExpired, Cause.CertificateExpired]) { Places = FaultPlaces.Certificate, Needs = "at a hop: scheme https in the site file" },
        new("clock-off", "the sensor's clock is wrong", [Cause.ClockOff, Cause.CertificateExpired]) { Places = FaultPlaces.Sensor, Value = new FaultValue(FaultUnit.Offset, "+730d", -10 * 365 * 86_400d, 10 * 365 * 86_400d), Needs = "libfaketime (package faketime)" },
        new("tls-inspection", "somebody before the cloud terminates TLS", [Cause.Intercepted, Cause.CertificateUntrusted]) { Places = FaultPlaces.Cloud },
        new("407-once", "the proxy asks the first that comes for credentials, whatever it shows, and then works", [Cause.CredentialsMissing, Cause.CredentialsWrong, Cause.AuthenticationSchemeUnsupported]) { Places = FaultPlaces.Hop, LeavesOpen = true },
        new("407-for-ever", "the proxy asks for credentials whatever it is shown", [Cause.CredentialsMissing, Cause.CredentialsWrong]) { Places = FaultPlaces.Hop },
        new("silent-200", "the proxy says 200 and nothing more", [Cause.NoAnswer, Cause.TlsFailed, Cause.ConnectionTimedOut]) { Places = FaultPlaces.Hop, ShowsBehind = true },
        new("bodied-200", "the proxy's 200 brings a body", [Cause.MalformedAnswer, Cause.BlockPage]) { Places = FaultPlaces.Hop },
        new("chunked-200", "the proxy's 200 brings a chunked body", [Cause.MalformedAnswer, Cause.TlsFailed, Cause.NotAProxy]) { Places = FaultPlaces.Hop, ShowsBehind = true },
        new("extra-bytes", "strange bytes follow the proxy's 200", [Cause.MalformedAnswer, Cause.TlsFailed, Cause.NotAProxy]) { Places = FaultPlaces.Hop, ShowsBehind = true },
        new("header-bomb", "the proxy's answer has headers without end", [Cause.MalformedAnswer]) { Places = FaultPlaces.Hop, Value = new FaultValue(FaultUnit.Size, "64MB", 1000, 1e9) },
        new("slow-reply", "the proxy answers a byte at a time", [Cause.NoAnswer, Cause.TooSlow, Cause.MalformedAnswer]) { Places = FaultPlaces.Hop, Value = new FaultValue(FaultUnit.Time, "1s", 0.01, 60) },
        new("reset-after", "the proxy resets after its 200", [Cause.ConnectionReset, Cause.ConnectionClosed, Cause.TlsFailed]) { Places = FaultPlaces.Hop, ShowsBehind = true },
        new("reset-after-mb", "the proxy resets every tunnel after so many bytes", [Cause.ConnectionReset, Cause.ConnectionClosed]) { Places = FaultPlaces.Hop, Value = new FaultValue(FaultUnit.Size, "1MB", 1000, 1e9), LeavesOpen = true },
        new("wrong-via", "the proxy works, and its Via names others and is malformed", [Cause.MalformedAnswer]) { Places = FaultPlaces.Hop, LeavesOpen = true },
        new("half-close", "the proxy closes its side after its 200", [Cause.ConnectionClosed, Cause.TlsFailed, Cause.ConnectionReset]) { Places = FaultPlaces.Hop, ShowsBehind = true },
        new("loop", "the proxy says that it found itself in the chain", [Cause.LoopDetected]) { Places = FaultPlaces.Hop },
        new("block-page", "a page for people answers", [Cause.BlockPage, Cause.DestinationRefused]) { Places = FaultPlaces.Hop },
        new("not-a-proxy", "a web server answers", [Cause.NotAProxy]) { Places = FaultPlaces.Hop },
        new("disk-full", "the sensor's disk is full", []) { Places = FaultPlaces.Sensor, Needs = "a sensor that runs" },
    ];

    /// <summary>The fault of this name. Throws <see cref="LabException"/> when there is none.</summary>
    public static LabFault Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (All.FirstOrDefault(f => f.Name == name) is { } fault)
        {
            return fault;
        }

        var near = Suggestion.For(name, All.Select(f => f.Name));
        throw new LabException($"There is no fault '{name}'{(near is null ? "" : $" (did you mean '{near}'?)")}; expected one of: {string.Join(", ", All.Select(f => f.Name))}. What they do: culvert lab fault --list");
    }

    /// <summary>Its value as a number, the default when none is given; 0 where it takes none. Throws <see cref="LabException"/> when this is no value for it.</summary>
    public double Check(string? value) => Value is { } known ? Reading(() => known.Read(value ?? known.Default))
        : value is null ? 0 : throw new LabException($"{Name} takes no value.");

    private double Reading(Func<double> read)
    {
        try
        {
            return read();
        }
        catch (LabException e)
        {
            throw new LabException($"{Name}: {e.Message}", e);
        }
    }
}
