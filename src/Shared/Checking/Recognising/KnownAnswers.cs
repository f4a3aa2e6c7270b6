namespace Culvert.Checking;

/// <summary>Knows the answers of proxies, filters and web servers that stand in plants and enterprises, by the marks they leave in fields and pages.</summary>
internal static class KnownAnswers
{
    // A field that only this program sends is certain; words of its default page are likely, as anybody may copy a page.
    private static readonly (string Program, Confidence Confidence, string? Field, string Words)[] Marks =
    [
        ("Zscaler", Confidence.Certain, "server", "Zscaler"),
        ("Zscaler", Confidence.Likely, "location", "zscaler"),
        ("Zscaler", Confidence.Likely, null, "Zscaler"),
        ("Palo Alto Networks", Confidence.Likely, null, "Palo Alto Networks"),
        ("Palo Alto Networks", Confidence.Likely, null, "has been blocked in accordance with company policy"),
        ("Blue Coat ProxySG", Confidence.Certain, "server", "BlueCoat"),
        ("Blue Coat ProxySG", Confidence.Certain, "x-bluecoat-error", ""),
        ("Blue Coat ProxySG", Confidence.Likely, "via", "ProxySG"),
        ("Blue Coat ProxySG", Confidence.Likely, null, "Blue Coat"),
        ("Blue Coat ProxySG", Confidence.Likely, null, "ProxySG"),
        ("Blue Coat ProxySG", Confidence.Likely, null, "(policy_denied)"),
        ("Blue Coat ProxySG", Confidence.Likely, null, "Network Error (tcp_error)"),
        ("Fortinet FortiGate", Confidence.Likely, null, "FortiGuard"),
        ("Fortinet FortiGate", Confidence.Likely, null, "FortiGate"),
        ("Cisco Secure Web Appliance", Confidence.Likely, "via", "IronPort"),
        ("Cisco Secure Web Appliance", Confidence.Likely, "server", "WSA"),
        ("Skyhigh (McAfee) Web Gateway", Confidence.Likely, "via", "Web Gateway"),
        ("Skyhigh (McAfee) Web Gateway", Confidence.Likely, null, "McAfee Web Gateway"),
        ("Squid", Confidence.Certain, "x-squid-error", ""),
        ("Squid", Confidence.Certain, "server", "squid"),
        ("Squid", Confidence.Likely, "via", "(squid"),
        ("Squid", Confidence.Likely, null, "(squid/"),
        ("tinyproxy", Confidence.Certain, "server", "tinyproxy"),
        ("tinyproxy", Confidence.Likely, "via", "(tinyproxy"),
        ("tinyproxy", Confidence.Likely, "proxy-agent", "tinyproxy"),
        ("tinyproxy", Confidence.Likely, null, "<em>tinyproxy"),
        ("Culvert proxy", Confidence.Likely, "server", "culvert"),
        ("Envoy", Confidence.Certain, "server", "envoy"),
        ("3proxy", Confidence.Likely, null, "3proxy"),
        ("nginx", Confidence.Certain, "server", "nginx"),
        ("nginx", Confidence.Likely, null, "<center>nginx"),
        ("Apache httpd", Confidence.Certain, "server", "Apache"),
        ("IIS", Confidence.Certain, "server", "Microsoft-IIS"),
        ("HAProxy", Confidence.Likely, null, "No server is available to handle this request."),
        ("HAProxy", Confidence.Likely, null, "Your browser sent an invalid request."),
        ("HAProxy", Confidence.Likely, null, "Request forbidden by administrative rules."),
        ("HAProxy", Confidence.Likely, null, "The server didn't respond in time."),
        ("HAProxy", Confidence.Likely, null, "The server returned an invalid or incomplete response."),
    ];

    private static readonly string[] Filters = ["Zscaler", "Palo Alto Networks", "Blue Coat ProxySG", "Fortinet FortiGate", "Cisco Secure Web Appliance", "Skyhigh (McAfee) Web Gateway"];

    /// <summary>Who answered, and why; null when nothing is known about it.</summary>
    public static Recognition? Recognise(HttpHead head)
    {
        foreach (var (program, confidence, field, words) in Marks)
        {
            var text = field is null ? head.Body : head.Field(field);
            if (text is not null && (field is not null || head.Status is < 200 or >= 300) && text.Contains(words, StringComparison.OrdinalIgnoreCase))
            {
                var mark = field is null ? $"its page says '{words}'" : $"{Titled(field)}: {HttpHead.Clean(text, 96)}";
                var (cause, said) = Reason(program, head);
                return new Recognition(program, confidence, mark, cause, said);
            }
        }

        return null;
    }

    /// <summary>The names that an answer gives of those it came through, nearest to us last (Via, RFC 9110 section 7.6.3), and of the one whose page it is.</summary>
    public static IReadOnlyList<string> Origins(HttpHead head)
    {
        var names = new List<string>();
        foreach (var entry in (head.Field("via") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = entry.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1)
            {
                names.Add(words[1].Split(':')[0]);
            }
        }

        // Squid signs its pages "Generated DATE by HOST (squid/VERSION)".
        var by = head.Body.LastIndexOf(" by ", StringComparison.Ordinal);
        if (names.Count == 0 && by >= 0 && head.Body.IndexOf("(squid", by, StringComparison.Ordinal) is var end && end > by && end - by < 260)
        {
            names.Add(head.Body[(by + 4)..end].Trim());
        }

        return names;
    }

    private static (Cause? Cause, string? Words) Reason(string program, HttpHead head)
    {
        bool Says(string words) => head.Body.Contains(words, StringComparison.OrdinalIgnoreCase);
        if (Filters.Contains(program))
        {
            return head.Status is 407 ? (null, null) : (Says("tcp_error") || Says("dns_") ? Cause.UpstreamUnreachable : Cause.BlockPage, Title(head.Body));
        }

        switch (program)
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
            case "nginx" or "Apache httpd" or "IIS" when head.Status is 400 or 404 or 405 or 501:
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

    private static string Titled(string field) => string.Join('-', field.Split('-').Select(w => w.Length == 0 ? w : char.ToUpperInvariant(w[0]) + w[1..]));
}
