namespace Culvert.Lab;

/// <summary>A fault that the lab can make at a hop.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does.</param>
/// <param name="Expected">What a check may rightly call it; empty where the way still works.</param>
public sealed record LabFault(string Name, string Description, IReadOnlyList<Cause> Expected)
{
    /// <summary>Whether it shows itself at what lies behind the hop: a hop that says 200 and spoils the tunnel afterwards, or swallows large packets, looks from before like a fault of what it leads to.</summary>
    public bool ShowsBehind { get; init; }

    /// <summary>Whether it may show itself at any station after the hop: what swallows large packets is met only where large packets are sent.</summary>
    public bool ShowsFurther { get; init; }

    /// <summary>Whether the way stays open: a check rightly says that all ways work, or names the cause.</summary>
    public bool LeavesOpen { get; init; }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<LabFault> All { get; } =
    [
        new("drop", "packets to the hop's port vanish", [Cause.ConnectionTimedOut, Cause.UpstreamTimedOut, Cause.UpstreamUnreachable]),
        new("refuse", "the hop's port refuses connections", [Cause.ConnectionRefused, Cause.UpstreamUnreachable]),
        new("reset", "connections to the hop are reset with their first bytes", [Cause.ConnectionReset, Cause.ConnectionClosed]),
        new("kill", "the hop's program is dead", [Cause.ConnectionRefused, Cause.UpstreamUnreachable]),
        new("freeze", "the hop's program hangs: it accepts and never answers", [Cause.NoAnswer, Cause.UpstreamTimedOut]),
        new("member-dead", "one member of the pool is dead", []) { LeavesOpen = true },
        new("delay", "packets take 200 ms longer each way", [Cause.TooSlow]) { LeavesOpen = true },
        new("bandwidth", "128 kbit/s are left", [Cause.TooSlow]),
        new("loss", "a tenth of the packets is lost each way", [Cause.TooSlow]) { LeavesOpen = true },
        new("mtu", "packets above 600 bytes vanish without a word", [Cause.LargePacketsLost, Cause.NoAnswer, Cause.TlsFailed, Cause.UpstreamTimedOut, Cause.ConnectionTimedOut]) { ShowsFurther = true },
        new("idle-cut", "a silent connection is forgotten after 20 s", [Cause.IdleCut]),
        new("no-such-name", "the resolver says that the name does not exist", [Cause.NameNotFound]),
        new("wrong-dns", "the resolver answers with another address", [Cause.ConnectionTimedOut, Cause.UpstreamTimedOut, Cause.UpstreamUnreachable, Cause.NetworkUnreachable, Cause.ConnectionRefused]),
        new("no-dns", "the resolver is silent", [Cause.ResolverUnreachable, Cause.UpstreamTimedOut, Cause.NameNotFound]),
        new("credentials-wrong", "the hop's password was changed", [Cause.CredentialsWrong]),
        new("certificate-expired", "the certificate of the https hop, or of the cloud, has expired", [Cause.ProxyCertificateExpired, Cause.CertificateExpired]),
        new("clock-off", "the sensor's clock is two years ahead", [Cause.ClockOff, Cause.CertificateExpired]),
        new("tls-inspection", "somebody before the cloud terminates TLS", [Cause.Intercepted, Cause.CertificateUntrusted]),
        new("407-once", "the proxy asks the first that comes for credentials, whatever it shows, and then works", [Cause.CredentialsMissing, Cause.CredentialsWrong, Cause.AuthenticationSchemeUnsupported]) { LeavesOpen = true },
        new("407-for-ever", "the proxy asks for credentials whatever it is shown", [Cause.CredentialsMissing, Cause.CredentialsWrong]),
        new("silent-200", "the proxy says 200 and nothing more", [Cause.NoAnswer, Cause.TlsFailed, Cause.ConnectionTimedOut]) { ShowsBehind = true },
        new("bodied-200", "the proxy's 200 brings a body", [Cause.MalformedAnswer, Cause.BlockPage]),
        new("chunked-200", "the proxy's 200 brings a chunked body", [Cause.MalformedAnswer, Cause.TlsFailed, Cause.NotAProxy]) { ShowsBehind = true },
        new("extra-bytes", "strange bytes follow the proxy's 200", [Cause.MalformedAnswer, Cause.TlsFailed, Cause.NotAProxy]) { ShowsBehind = true },
        new("header-bomb", "the proxy's answer has headers without end", [Cause.MalformedAnswer]),
        new("slow-reply", "the proxy answers one byte a second", [Cause.NoAnswer, Cause.MalformedAnswer]),
        new("reset-after", "the proxy resets after its 200", [Cause.ConnectionReset, Cause.ConnectionClosed, Cause.TlsFailed]) { ShowsBehind = true },
        new("reset-after-mb", "the proxy resets every tunnel after a megabyte", [Cause.ConnectionReset, Cause.ConnectionClosed]) { LeavesOpen = true },
        new("wrong-via", "the proxy works, and its Via names others and is malformed", [Cause.MalformedAnswer]) { LeavesOpen = true },
        new("half-close", "the proxy closes its side after its 200", [Cause.ConnectionClosed, Cause.TlsFailed, Cause.ConnectionReset]) { ShowsBehind = true },
        new("loop", "the proxy says that it found itself in the chain", [Cause.LoopDetected]),
        new("block-page", "a page for people answers", [Cause.BlockPage, Cause.DestinationRefused]),
        new("not-a-proxy", "a web server answers", [Cause.NotAProxy]),
        new("disk-full", "the sensor's disk is full", []),
    ];

    /// <summary>The fault of this name. Throws <see cref="LabException"/> when there is none.</summary>
    public static LabFault Find(string name) => All.FirstOrDefault(f => f.Name == name)
        ?? throw new LabException($"There is no fault '{name}'; expected one of: {string.Join(", ", All.Select(f => f.Name))}");
}
