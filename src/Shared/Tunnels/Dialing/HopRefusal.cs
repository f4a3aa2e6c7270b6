namespace Culvert.Tunnels;

/// <summary>Turns a hop's refusal of CONNECT into a cause, and finds which hop of a forwarded chain it came from.</summary>
internal static class HopRefusal
{
    /// <summary>The hop to blame (index on the route), the stage, the cause and what was seen. A 407 is not for here: see <see cref="HopAuthenticator"/>.</summary>
    public static (int HopIndex, Stage Stage, Cause Cause, string Evidence) Attribute(
        Route route, int askedIndex, ConnectAnswer answer, string body, IReadOnlyList<ProxyStatusEntry> entries)
    {
        var evidence = $"{answer.Status} {answer.Reason}".TrimEnd();
        if (answer.Field("x-squid-error") is { } squid)
        {
            evidence += $"; X-Squid-Error: {squid}";
        }

        var author = PageFingerprint.Of(answer, body);
        if (author is not null)
        {
            evidence += $"; {author}";
        }

        // The entry nearest to the destination that names an error saw it first; the others pass it on (RFC 9209, section 2).
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Error is { } error)
            {
                var index = IndexOf(route, askedIndex, entries, i);
                if (error == "tls_certificate_error" && entries[i].NextHop is null && index == askedIndex && route.Hops[index].Scheme == HopScheme.Https)
                {
                    // Nobody is meant further on: it is the certificate that we showed, or did not.
                    return (index, Stage.ProxyTls, route.Hops[index].ClientCertificate is null ? Cause.ProxyClientCertificateMissing : Cause.ProxyClientCertificateRefused,
                        $"{evidence}; Proxy-Status: {ProxyStatusField.Write([entries[i]])}");
                }

                var cause = FromError(error, entries[i]);
                var seen = ProxyStatusField.Write([entries[i]]);
                return (index, cause is Cause.CredentialsMissing or Cause.CredentialsWrong ? Stage.Authenticate : Stage.Request, cause, $"{evidence}; Proxy-Status: {seen}");
            }
        }

        return (askedIndex, Stage.Request, FromStatus(answer, author, body), evidence);
    }

    private static int IndexOf(Route route, int askedIndex, IReadOnlyList<ProxyStatusEntry> entries, int i)
    {
        for (var h = askedIndex; h < route.Hops.Count; h++)
        {
            if (string.Equals(route.Hops[h].Name, entries[i].Proxy, StringComparison.OrdinalIgnoreCase))
            {
                return h;
            }
        }

        // The last entry is the hop that was asked; each one before it is a stretch further.
        var distance = entries.Count - 1 - i;
        var last = askedIndex;
        while (last + 1 < route.Hops.Count && route.Hops[last + 1].Reach == HopReach.Forwarded)
        {
            last++;
        }

        return Math.Min(askedIndex + distance, last);
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

    private static Cause FromStatus(ConnectAnswer answer, PageFingerprint? author, string body)
    {
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
