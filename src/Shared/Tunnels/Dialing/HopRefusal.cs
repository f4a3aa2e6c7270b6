namespace Culvert.Tunnels;

/// <summary>Turns a hop's refusal of CONNECT into a cause, and finds which hop of a forwarded chain it came from.</summary>
internal static class HopRefusal
{
    /// <summary>The hop to blame (index on the route, and its name), the stage, the cause and what was seen. A 407 is not for here: see <see cref="HopAuthenticator"/>.</summary>
    /// <remarks>A hop that the route does not list has the index of the last one that it lists before it, and its own name.</remarks>
    public static (int HopIndex, string Target, Stage Stage, Cause Cause, string Evidence) Attribute(
        Route route, int askedIndex, ConnectAnswer answer, string body, IReadOnlyList<ProxyStatusEntry> entries)
    {
        var evidence = $"{answer.Status} {answer.Reason}".TrimEnd();
        if (answer.Field("x-squid-error") is { } squid)
        {
            evidence += $"; X-Squid-Error: {squid}";
        }

        var author = AnswerAuthors.Of(answer.Reason, answer.Field, body);
        if (author is not null)
        {
            evidence += $"; {author}";
        }

        // The entry nearest to the destination that names an error saw it first; the others pass it on (RFC 9209, section 2).
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Error is { } error)
            {
                var (index, target) = PlaceOf(route, askedIndex, entries, i);
                if (error == "tls_certificate_error" && entries[i].NextHop is null && index == askedIndex && route.Hops[index].Scheme == HopScheme.Https)
                {
                    // Nobody is meant further on: it is the certificate that we showed, or did not.
                    return (index, target, Stage.ProxyTls, route.Hops[index].ClientCertificate is null ? Cause.ProxyClientCertificateMissing : Cause.ProxyClientCertificateRefused,
                        $"{evidence}; Proxy-Status: {ProxyStatusField.Write([entries[i]])}");
                }

                var cause = FromError(error, entries[i]);
                if (i == 0 && FromReceived(entries[i]) is { } received)
                {
                    // It only tells what the one after it answered, who does not sign.
                    cause = received;
                    (index, target) = IsForwarded(route, index + 1) && target == route.Hops[index].Name ? (index + 1, route.Hops[index + 1].Name) : (index, entries[i].NextHop ?? target);
                }

                return (index, target, IsOfCredentials(cause) ? Stage.Authenticate : Stage.Request, cause, $"{evidence}; Proxy-Status: {ProxyStatusField.Write([entries[i]])}");
            }
        }

        // Without Proxy-Status, an answer that is passed on may still bear the name of who wrote it.
        var signed = AnswerOrigins.HopOf(route, askedIndex, AnswerOrigins.Of(answer.Field("via"), body)) ?? askedIndex;
        return (signed, route.Hops[signed].Name, Stage.Request, FromStatus(answer, author, body), evidence);
    }

    private static (int Index, string Target) PlaceOf(Route route, int askedIndex, IReadOnlyList<ProxyStatusEntry> entries, int i)
    {
        for (var h = askedIndex; h < route.Hops.Count; h++)
        {
            if (string.Equals(route.Hops[h].Name, entries[i].Proxy, StringComparison.OrdinalIgnoreCase))
            {
                return (h, route.Hops[h].Name);
            }
        }

        // The last entry is the hop that was asked; each one before it is a stretch further.
        var distance = entries.Count - 1 - i;
        var last = askedIndex;
        while (IsForwarded(route, last + 1))
        {
            last++;
        }

        return askedIndex + distance <= last ? (askedIndex + distance, route.Hops[askedIndex + distance].Name) : (last, entries[i].Proxy);
    }

    private static bool IsForwarded(Route route, int index) => index < route.Hops.Count && route.Hops[index].Reach == HopReach.Forwarded;

    private static bool IsOfCredentials(Cause cause) => cause is Cause.CredentialsMissing or Cause.CredentialsWrong or Cause.AuthenticationSchemeUnsupported;

    /// <summary>What the next hop's answer means, which the entry tells of: culvert-proxy writes the cause with the status; of others the status is known.</summary>
    private static Cause? FromReceived(ProxyStatusEntry entry)
    {
        if (entry.ReceivedStatus is not >= 400)
        {
            return null;
        }

        var words = entry.Details?.Split(' ') ?? [];
        return words.Length > 1 && words[^1] == $"({entry.ReceivedStatus})" && Enum.TryParse<Cause>(words[^2], out var told) && Enum.IsDefined(told) && char.IsAsciiLetterUpper(words[^2][0])
            ? told
            : entry.ReceivedStatus switch
            {
                403 => Cause.DestinationRefused,
                407 => Cause.CredentialsMissing,
                429 => Cause.HopOverloaded,
                500 or 502 => Cause.UpstreamUnreachable,
                503 => Cause.NoParent,
                504 => Cause.UpstreamTimedOut,
                508 => Cause.LoopDetected,
                400 or 404 or 405 or 501 => Cause.NotAProxy,
                _ => Cause.UnexpectedStatus,
            };
    }

    private static Cause FromError(string error, ProxyStatusEntry entry) => error switch
    {
        "dns_timeout" => Cause.ResolverUnreachable,
        "dns_error" => Cause.NameNotFound,
        "destination_not_found" => Cause.UpstreamUnreachable,
        "destination_unavailable" => Cause.NoParent,
        "destination_ip_prohibited" or "http_request_denied" => entry.ReceivedStatus == 407 ? Cause.CredentialsWrong : Cause.DestinationRefused,
        "destination_ip_unroutable" => Cause.NetworkUnreachable,
        "connection_refused" => Cause.ConnectionRefused,
        "connection_terminated" => Cause.ConnectionReset,
        "connection_timeout" => Cause.ConnectionTimedOut,
        "connection_read_timeout" or "connection_write_timeout" or "http_response_timeout" => Cause.UpstreamTimedOut,
        "connection_limit_reached" => Cause.HopOverloaded,
        "tls_protocol_error" or "tls_alert_received" => Cause.ProxyTlsFailed,
        "tls_certificate_error" => Cause.ProxyCertificateUntrusted,
        "http_protocol_error" or "http_response_incomplete" or "http_upgrade_failed" => Cause.MalformedAnswer,
        "proxy_loop_detected" => Cause.LoopDetected,
        "proxy_configuration_error" or "proxy_internal_error" or "proxy_internal_response" => Cause.UnexpectedStatus,
        _ => Cause.UpstreamUnreachable,
    };

    private static Cause FromStatus(ConnectAnswer answer, AnswerAuthor? author, string body)
    {
        // Blue Coat's page also tells of plain errors of the network.
        if (author is { Blocks: true } && body.Contains("(dns_", StringComparison.Ordinal))
        {
            return Cause.NameNotFound;
        }

        if (author is { Blocks: true } && body.Contains("(tcp_error)", StringComparison.Ordinal))
        {
            return Cause.UpstreamUnreachable;
        }

        // A redirect, or a page of a product that blocks, comes from something that wants a person's browser.
        if (answer.Status is >= 300 and < 400 || answer.Status == 511 || author is { Blocks: true } || answer.Opened)
        {
            return Cause.BlockPage;
        }

        return answer.Status switch
        {
            403 => Cause.DestinationRefused,
            429 => Cause.HopOverloaded,
            // tinyproxy answers 500 where it cannot connect or resolve, and 502 where its upstream refuses.
            500 when author?.Product == "tinyproxy" => Cause.UpstreamUnreachable,
            502 => Cause.UpstreamUnreachable,
            // Squid says 503 for an unreachable destination and 500 with ERR_CANNOT_FORWARD when every parent is dead.
            503 when Squid(answer, "ERR_DNS_FAIL") => Cause.NameNotFound,
            503 when Squid(answer, "ERR_CONNECT_FAIL") => FromErrno(answer),
            503 when body.Contains("connection limit", StringComparison.OrdinalIgnoreCase) || body.Contains("too many connections", StringComparison.OrdinalIgnoreCase) => Cause.HopOverloaded,
            503 => Cause.NoParent,
            500 when Squid(answer, "ERR_CANNOT_FORWARD") => Cause.NoParent,
            504 => Cause.UpstreamTimedOut,
            508 => Cause.LoopDetected,
            400 or 404 or 405 or 501 => Cause.NotAProxy,
            _ => Cause.UnexpectedStatus,
        };
    }

    // Squid gives the errno of its own connect: "ERR_CONNECT_FAIL 111". It is what the destination did, seen from the hop.
    private static Cause FromErrno(ConnectAnswer answer) => answer.Field("x-squid-error")!.Split(' ')[^1] switch
    {
        "110" => Cause.UpstreamTimedOut,
        _ => Cause.UpstreamUnreachable,
    };

    private static bool Squid(ConnectAnswer answer, string error) =>
        answer.Field("x-squid-error")?.Contains(error, StringComparison.Ordinal) == true;
}
