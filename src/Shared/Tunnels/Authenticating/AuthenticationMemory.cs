using System.Collections.Concurrent;

namespace Culvert.Tunnels;

/// <summary>What hops asked for, so that the next dial answers with its first request. Keyed by hop and user: what one hop asked for is never sent to another.</summary>
internal sealed class AuthenticationMemory
{
    // A sensor has a handful of hops; the bound guards against a caller that makes them up.
    private const int MaxHops = 256;
    private readonly ConcurrentDictionary<(HostPort Address, HopScheme Scheme, HopCredentials Credentials), DigestSession?> _known = new();

    /// <summary>What is known: <c>Asked</c> with a session means Digest, without one Basic.</summary>
    public (bool Asked, DigestSession? Digest) Recall(Hop hop) =>
        hop.Credentials is { } credentials && _known.TryGetValue((hop.Address, hop.Scheme, credentials), out var digest) ? (true, digest) : (false, null);

    /// <summary>Remembers that Digest (with this nonce) or Basic (null) was accepted.</summary>
    public void Remember(Hop hop, DigestSession? digest)
    {
        if (hop.Credentials is { } credentials && (_known.Count < MaxHops || _known.ContainsKey((hop.Address, hop.Scheme, credentials))))
        {
            _known[(hop.Address, hop.Scheme, credentials)] = digest;
        }
    }

    /// <summary>Forgets a hop, whose answer shows that it wants something else now.</summary>
    public void Forget(Hop hop)
    {
        if (hop.Credentials is { } credentials)
        {
            _known.TryRemove((hop.Address, hop.Scheme, credentials), out _);
        }
    }
}
