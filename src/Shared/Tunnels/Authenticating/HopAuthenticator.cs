using System.Security.Cryptography;

namespace Culvert.Tunnels;

/// <summary>Proves the sensor to one hop, during one dial: what to send first, and what to answer to each 407.</summary>
internal sealed class HopAuthenticator(Hop hop, AuthenticationMemory memory, TimeSpan requestTimeout, TimeProvider clock) : IDisposable
{
    // Basic and Digest need one round, a stale nonce another, NTLM and Negotiate two; what goes on after that goes on for ever.
    private const int MaxRounds = 5;

    // Where NTLM may do instead, a KDC is not waited for until the stage is over.
    private readonly TimeSpan _kdcPatience = requestTimeout / 2;
    private readonly List<string> _refused = [];
    private readonly List<string> _mistakes = [];
    private Negotiation? _negotiation;
    private DigestSession? _digest;
    private string? _sent;
    private int _rounds;
    private bool _noCredentials;
    private bool _kdcSilent;

    /// <summary>The scheme last used; null when no credentials were sent.</summary>
    public string? Sent => _sent;

    /// <summary>Whether the handshake is bound to the connection that is open now.</summary>
    public bool BoundToConnection => _negotiation is not null;

    /// <summary>What is waited for besides the hop itself; null when nothing is.</summary>
    public string? WaitsFor { get; private set; }

    // Without a name and password it is the process's own ticket that is shown, from a keytab or a ticket file.
    private bool ByTicket => hop.Credentials is null && hop.Authentication == HopAuthentication.Negotiate;

    /// <summary>What to send before being asked; null for nothing.</summary>
    public async ValueTask<string?> FirstAsync(HostPort next, CancellationToken cancellationToken)
    {
        if (_sent is "ntlm" or "negotiate")
        {
            // A new connection starts the handshake anew.
            Drop();
            return await NegotiateAsync(_sent, null, cancellationToken);
        }

        if (hop.Credentials is not { } credentials)
        {
            return null;
        }

        if (_sent == "digest" && _digest is not null)
        {
            return _digest.Authorize(credentials, next.ToString(), ClientNonce());
        }

        var (asked, digest) = memory.Recall(hop);
        if (digest is not null && hop.Authentication is HopAuthentication.Auto or HopAuthentication.Digest)
        {
            (_sent, _digest) = ("digest", digest);
            return digest.Authorize(credentials, next.ToString(), ClientNonce());
        }

        if (hop.Authentication == HopAuthentication.Basic || _sent == "basic" || (hop.Authentication == HopAuthentication.Auto && (hop.Scheme == HopScheme.Https || asked)))
        {
            if (credentials.UserName.Contains(':', StringComparison.Ordinal))
            {
                // Basic cannot carry it; where the hop asks, another scheme may.
                return null;
            }

            _sent = "basic";
            return ConnectRequest.Basic(credentials);
        }

        return null;
    }

    /// <summary>The answer to a 407, or why there is none.</summary>
    public async ValueTask<(string? Authorization, Cause Cause, string Evidence)> AnswerAsync(ConnectAnswer answer, HostPort next, CancellationToken cancellationToken)
    {
        var challenges = AuthenticationChallenge.Read(answer.Values("proxy-authenticate"));
        var offered = challenges.Count == 0 ? "no scheme named" : "asks for " + string.Join(", ", challenges.Select(c => c.Scheme).Distinct());
        if (hop.Credentials is null && !ByTicket)
        {
            return (null, Cause.CredentialsMissing, offered);
        }

        if (++_rounds > MaxRounds)
        {
            return (null, Cause.CredentialsWrong, $"{offered}; asked {_rounds} times");
        }

        if (_negotiation is not null && challenges.FirstOrDefault(c => c.Scheme == _sent)?.Token is { } token)
        {
            return await NegotiateAsync(_sent!, token, cancellationToken) is { } reply ? (reply, Cause.None, _sent!) : (null, _kdcSilent ? Cause.NoAnswer : Cause.CredentialsWrong, Seen(offered));
        }

        var usedUp = Refuse(challenges);
        foreach (var (scheme, challenge) in Ranked(challenges).Where(r => !_refused.Contains(r.Scheme)))
        {
            switch (scheme)
            {
                case "basic" when hop.Credentials is { } credentials && !credentials.UserName.Contains(':', StringComparison.Ordinal):
                    _sent = scheme;
                    return (ConnectRequest.Basic(credentials), Cause.None, scheme);
                case "digest" when hop.Credentials is { } credentials && DigestSession.From(challenge) is { } digest:
                    (_sent, _digest) = (scheme, digest);
                    return (digest.Authorize(credentials, next.ToString(), ClientNonce()), Cause.None, $"digest {digest.Algorithm}");
                case "ntlm" or "negotiate" when await NegotiateAsync(scheme, null, cancellationToken) is { } first:
                    _sent = scheme;
                    return (first, Cause.None, scheme);
                default:
                    continue;
            }
        }

        if (usedUp || (_sent is not null && challenges.Any(c => c.Scheme == _sent)))
        {
            return (null, _kdcSilent ? Cause.NoAnswer : Cause.CredentialsWrong, Seen(offered));
        }

        if (ByTicket && challenges.Any(c => c.Scheme == "negotiate"))
        {
            // The library says in numbers only whether the ticket ended, was never there, or is not for this hop.
            return (null, Cause.CredentialsMissing, $"{Seen(offered)}; no ticket could be had: look at klist, the keytab and the KDC");
        }

        if (_noCredentials)
        {
            return (null, Cause.CredentialsWrong, Seen(offered));
        }

        return hop.Credentials?.UserName.Contains(':', StringComparison.Ordinal) == true && challenges.Any(c => c.Scheme == "basic")
            ? (null, Cause.Misconfigured, $"{offered}; a user name with a colon cannot be sent with Basic (RFC 7617, section 2)")
            : (null, Cause.AuthenticationSchemeUnsupported, $"{Seen(offered)}; the setting is {hop.Authentication.ToString().ToLowerInvariant()}");
    }

    /// <summary>Says that the hop let us through.</summary>
    public void Accepted(ConnectAnswer answer)
    {
        if (_sent == "digest" && _digest is not null)
        {
            var info = new ParameterReader(answer.Field("proxy-authentication-info") ?? "").Parameters();
            memory.Remember(hop, info.TryGetValue("nextnonce", out var nonce) && nonce.Length is > 0 and <= 1024 ? _digest.WithNonce(nonce) : _digest);
        }
        else if (_sent == "basic")
        {
            memory.Remember(hop, null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Drop();

    /// <summary>Notes that what was sent last did not do; a stale nonce is no refusal (RFC 7616, section 3.3).</summary>
    private bool Refuse(IReadOnlyList<AuthenticationChallenge> challenges)
    {
        if (_sent is null)
        {
            return false;
        }

        var stale = _sent == "digest" && challenges.Any(c => c.Scheme == "digest" && string.Equals(c["stale"], "true", StringComparison.OrdinalIgnoreCase));
        // A scheme that is not offered was sent unasked: that says nothing of the password.
        var otherNow = challenges.Count > 0 && challenges.All(c => c.Scheme != _sent);
        memory.Forget(hop);
        Drop();
        if (stale || otherNow)
        {
            return false;
        }

        _refused.Add(_sent);
        if (_sent is "basic" or "digest" or "ntlm")
        {
            // The password is wrong, whatever the scheme; a weaker scheme would only show it to more eyes. A ticket (Negotiate) may be wrong where the password is not.
            _refused.AddRange(["basic", "digest", "ntlm", "negotiate"]);
        }

        return true;
    }

    private List<(string Scheme, AuthenticationChallenge Challenge)> Ranked(IReadOnlyList<AuthenticationChallenge> challenges)
    {
        var ranked = challenges.Select(c => (c.Scheme, Challenge: c, Rank: c.Scheme switch
        {
            "negotiate" => 5,
            "digest" when DigestSession.From(c)?.Strength == 2 => 4,
            "ntlm" => 3,
            "digest" => 2,
            "basic" => 1,
            _ => 0,
        }));
        var allowed = hop.Authentication switch
        {
            HopAuthentication.Auto => ranked,
            var only => ranked.Where(r => string.Equals(r.Scheme, only.ToString(), StringComparison.OrdinalIgnoreCase)),
        };
        var list = allowed.Where(r => r.Rank > 0).OrderByDescending(r => r.Rank).Select(r => (r.Scheme, r.Challenge)).ToList();
        // A 407 without a scheme breaks RFC 9110 (section 11.7.1); the proxies that send it mean Basic.
        return list.Count == 0 && challenges.Count == 0 && hop.Authentication is HopAuthentication.Auto or HopAuthentication.Basic
            ? [("basic", new AuthenticationChallenge("basic", null, new Dictionary<string, string>()))]
            : list;
    }

    private async ValueTask<string?> NegotiateAsync(string scheme, string? token, CancellationToken cancellationToken)
    {
        var mechanisms = _negotiation is null ? Mechanisms(scheme) : [default];
        foreach (var mechanism in mechanisms)
        {
            _negotiation ??= new Negotiation(mechanism, hop);
            WaitsFor = _negotiation.WaitsFor;
            var (blob, missing, mistake) = mechanisms.Length > 1 && mechanism == Mechanism.Kerberos
                ? await PatientlyAsync(_negotiation, cancellationToken)
                : await _negotiation.NextAsync(token, cancellationToken);
            WaitsFor = null;
            if (blob is not null)
            {
                return $"{(scheme == "ntlm" ? "NTLM" : "Negotiate")} {blob}";
            }

            _noCredentials |= missing;
            _mistakes.Add($"{(token is null ? mechanism.ToString().ToLowerInvariant() : scheme)}: {mistake}");
            Drop();
        }

        return null;
    }

    private async ValueTask<(string? Token, bool NoCredentials, string? Mistake)> PatientlyAsync(Negotiation negotiation, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_kdcPatience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await negotiation.NextAsync(null, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _kdcSilent = true;
            return (null, false, $"no answer from {negotiation.WaitsFor} within {_kdcPatience.TotalSeconds:0.#} s");
        }
    }

    // Only a name with a realm is one of Kerberos; the others would make the library look for the realm of a machine that may have none. Without a name and password there is no NTLM.
    private Mechanism[] Mechanisms(string scheme) => scheme switch
    {
        "ntlm" => [Mechanism.Ntlm],
        _ when hop.Credentials is null => [Mechanism.Kerberos],
        _ when hop.Credentials.UserName.Contains('@', StringComparison.Ordinal) => [Mechanism.Kerberos, Mechanism.NegotiateNtlm],
        _ => [Mechanism.NegotiateNtlm],
    };

    private void Drop()
    {
        _negotiation?.Dispose();
        _negotiation = null;
    }

    private string Seen(string offered) => string.Join("; ", _mistakes.Prepend(offered).Distinct());

    private static string ClientNonce() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
