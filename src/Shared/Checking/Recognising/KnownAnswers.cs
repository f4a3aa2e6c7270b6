namespace Culvert.Checking;

/// <summary>Knows what the answers of proxies, filters and web servers mean, by their own words; <see cref="AnswerAuthors"/> knows who wrote them.</summary>
internal static class KnownAnswers
{
    /// <summary>Who answered, and why; null when nothing is known about it.</summary>
    public static Recognition? Recognise(HttpHead head)
    {
        // What follows a 2xx is the tunnel's.
        if (AnswerAuthors.Of(head.Reason, head.Field, head.Status is >= 200 and < 300 ? "" : head.Body) is not { } author)
        {
            return null;
        }

        var (cause, said) = Reason(author, head);
        return new Recognition(author.Product, author.Confidence >= 0.9 ? Confidence.Certain : author.Confidence >= 0.75 ? Confidence.Likely : Confidence.Possible, author.Mark, cause, said);
    }

    private static (Cause? Cause, string? Words) Reason(AnswerAuthor author, HttpHead head)
    {
        bool Says(string words) => head.Body.Contains(words, StringComparison.OrdinalIgnoreCase);
        if (author.Blocks)
        {
            return head.Status is 407 ? (null, null) : (Says("tcp_error") || Says("dns_") ? Cause.UpstreamUnreachable : Cause.BlockPage, Title(head.Body));
        }

        switch (author.Product)
        {
            case "Squid":
                var error = head.Field("x-squid-error") ?? "";
                return error.Split(' ')[0] switch
                {
                    "ERR_CONNECT_FAIL" when Says("(111)") || error.EndsWith(" 111", StringComparison.Ordinal) => (Cause.ConnectionRefused, "it was refused the connection (111)"),
                    "ERR_CONNECT_FAIL" when Says("(110)") || error.EndsWith(" 110", StringComparison.Ordinal) => (Cause.ConnectionTimedOut, "its connection was not answered (110)"),
                    "ERR_CONNECT_FAIL" when Says("(113)") || Says("(101)") || error.EndsWith(" 113", StringComparison.Ordinal) || error.EndsWith(" 101", StringComparison.Ordinal)
                        => (Cause.NetworkUnreachable, "it has no route there"),
                    "ERR_DNS_FAIL" => (Cause.NameNotFound, "it cannot resolve the name"),
                    "ERR_CANNOT_FORWARD" => (Cause.NoParent, "none of its parents works"),
                    "ERR_ACCESS_DENIED" => (Cause.DestinationRefused, null),
                    "ERR_READ_TIMEOUT" or "ERR_GATEWAY_FAILURE" => (Cause.UpstreamTimedOut, null),
                    _ => (null, null),
                };
            case "tinyproxy" when Says("upstream proxy") && head.Status != 407:
                return (Cause.NoParent, "it cannot connect to its upstream proxy");
            case "tinyproxy" when head.Status is 500 or 502 or 504:
                return (Cause.UpstreamUnreachable, Title(head.Body));
            case "tinyproxy" when head.Status == 403:
                return (Cause.DestinationRefused, Says("filter") ? "its filter does not allow it" : null);
            case "HAProxy" when head.Status == 503:
                return (Cause.NoParent, "none of the proxies behind it is up");
            case "HAProxy" when head.Status == 504:
                return (Cause.UpstreamTimedOut, "the proxy behind it did not answer");
            case var _ when author.Kind == AuthorKind.WebServer && head.Status is 400 or 404 or 405 or 501:
                return (Cause.NotAProxy, "it is a web server");
            default:
                return (null, null);
        }
    }

    private static string? Title(string body)
    {
        var start = body.IndexOf("<title>", StringComparison.OrdinalIgnoreCase);
        var end = start < 0 ? -1 : body.IndexOf("</title>", start, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? null : HttpHead.Clean(body[(start + 7)..end].Trim());
    }
}
