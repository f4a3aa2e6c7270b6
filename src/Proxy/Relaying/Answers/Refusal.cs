using System.Globalization;
using System.Text;
using Culvert.Tunnels;

namespace Culvert.Relaying;

/// <summary>Why a tunnel is not opened: a status code, an error of RFC 9209, and a sentence for the person who reads the log at the other end.</summary>
public sealed record Refusal
{
    /// <summary>The HTTP status code.</summary>
    public required int Status { get; init; }

    /// <summary>The reason phrase.</summary>
    public required string Reason { get; init; }

    /// <summary>The error type of RFC 9209, section 2.3; null when the client alone is to blame.</summary>
    public string? Error { get; init; }

    /// <summary>One sentence. Holds no secret, and of hostile input only what was found to be well-formed.</summary>
    public required string Details { get; init; }

    /// <summary>Where it failed, where that is further on: an address or a parent's name.</summary>
    public string? NextHop { get; init; }

    /// <summary>The status that a parent gave.</summary>
    public int? ReceivedStatus { get; init; }

    /// <summary>The DNS response code, where the error is <c>dns_error</c>.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>When it is worth to ask again; null when that is not known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the proxies behind this one said, nearest to the destination first.</summary>
    public IReadOnlyList<ProxyStatusEntry> Behind { get; init; } = [];

    /// <summary>400: the request breaks the protocol.</summary>
    public static Refusal Malformed(string details) => new() { Status = 400, Reason = "Bad Request", Error = "http_request_error", Details = details };

    /// <summary>405: another method than CONNECT.</summary>
    public static Refusal NotConnect() => new() { Status = 405, Reason = "Method Not Allowed", Error = "http_request_error", Details = "this proxy knows CONNECT only" };

    /// <summary>403: a rule refuses it.</summary>
    public static Refusal Denied(string details, string error = "http_request_denied") => new() { Status = 403, Reason = "Forbidden", Error = error, Details = details };

    /// <summary>407: credentials are missing or wrong.</summary>
    public static Refusal Unauthenticated(string details) =>
        new() { Status = 407, Reason = "Proxy Authentication Required", Error = "http_request_denied", Details = details };

    /// <summary>403: the client's certificate is missing or not taken. The error without a next hop says that it is the client's own that is meant.</summary>
    public static Refusal CertificateRefused(string details) => Denied(details, "tls_certificate_error");

    /// <summary>429: too many wrong credentials came from the source.</summary>
    public static Refusal TooManyGuesses(TimeSpan wait) => new()
    {
        Status = 429,
        Reason = "Too Many Requests",
        Error = "http_request_denied",
        Details = "too many wrong credentials came from this source; wait a minute",
        RetryAfter = wait,
    };

    /// <summary>408: the request did not come in time.</summary>
    public static Refusal TooSlow() => new() { Status = 408, Reason = "Request Timeout", Error = "http_request_error", Details = "the request did not come in time" };

    /// <summary>431: the head is too large.</summary>
    public static Refusal HeaderTooLarge(string details) => new() { Status = 431, Reason = "Request Header Fields Too Large", Error = "http_request_error", Details = details };

    /// <summary>502: what comes next fails.</summary>
    public static Refusal BadGateway(string error, string details) => new() { Status = 502, Reason = "Bad Gateway", Error = error, Details = details };

    /// <summary>503: it can't be done now.</summary>
    public static Refusal Unavailable(string error, string details) => new() { Status = 503, Reason = "Service Unavailable", Error = error, Details = details };

    /// <summary>504: what comes next does not answer in time.</summary>
    public static Refusal TimedOut(string error, string details) => new() { Status = 504, Reason = "Gateway Timeout", Error = error, Details = details };

    /// <summary>The bytes of the answer.</summary>
    /// <param name="proxy">The name of this proxy, for its own Proxy-Status entry.</param>
    public byte[] ToBytes(string proxy)
    {
        var own = new ProxyStatusEntry
        {
            Proxy = proxy,
            Error = Error,
            NextHop = NextHop,
            ReceivedStatus = ReceivedStatus,
            ResponseCode = ResponseCode,
            Details = Details,
        };
        var body = $"{proxy}: {Details}\n";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status} {Reason}\r\nProxy-Status: {ProxyStatusField.Write([.. Behind, own])}\r\n");
        if (Status == 407)
        {
            text.Append("Proxy-Authenticate: Basic realm=\"culvert\", charset=\"UTF-8\"\r\n");
        }
        else if (Status == 405)
        {
            text.Append("Allow: CONNECT\r\n");
        }

        if (RetryAfter is { } wait)
        {
            text.Append(CultureInfo.InvariantCulture, $"Retry-After: {Math.Ceiling(wait.TotalSeconds):0}\r\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
