namespace Culvert.Checking;

/// <summary>One cloud endpoint by one route.</summary>
public sealed record EndpointCheck
{
    /// <summary>Its <c>host:port</c>.</summary>
    public required string Address { get; init; }

    /// <summary>The services that live there.</summary>
    public IReadOnlyList<CloudService> Services { get; init; } = [];

    /// <summary>Whether it was reached and answered.</summary>
    public bool Succeeded { get; init; }

    /// <summary>What happened, hop by hop and stage by stage, ending with the first exchange with the service.</summary>
    public required Trace Trace { get; init; }

    /// <summary>TLS version and suite, end to end; null when TLS did not come about.</summary>
    public string? Tls { get; init; }

    /// <summary>The certificate seen at the end of the tunnel; its issuer shows that nobody inspects.</summary>
    public CertificateSeen? Certificate { get; init; }

    /// <summary>What the service answered, as a status line.</summary>
    public string? Answer { get; init; }

    /// <summary>Whether the WebSocket upgrade of the hub passed; null when it was not tried.</summary>
    public bool? WebSocket { get; init; }

    /// <summary>From a small request to its answer, in milliseconds, inside the open tunnel.</summary>
    public double? RoundTripMilliseconds { get; init; }

    /// <summary>Whether full-size packets pass; null when it was not tried or not told.</summary>
    public bool? LargePackets { get; init; }

    /// <summary>How a request of 20 KiB was cut, where it was; null when it was not.</summary>
    public string? LargeRequestCut { get; init; }

    /// <summary>What the way carries upwards at least, in kbit/s, from one request of 20 KiB (a slow start is in it); null when not measured.</summary>
    public int? UpKbpsAtLeast { get; init; }
}
