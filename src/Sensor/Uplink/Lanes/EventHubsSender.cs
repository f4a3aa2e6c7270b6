using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Culvert.Outbox;

namespace Culvert.Uplink;

/// <summary>Sends batches by the Event Hubs REST API (Send batch events).</summary>
/// <remarks>Event Hubs itself takes no compressed bodies. A service that does says so with Accept-Encoding in its answers (RFC 9110, section 12.5.3); from then on bodies are compressed, and
/// no longer after a 415.</remarks>
internal sealed class EventHubsSender(HttpClient client, SensorId sensor, Func<CancellationToken, ValueTask<string?>> authorization)
{
    private static readonly MediaTypeHeaderValue ContentType = new("application/vnd.microsoft.servicebus.json") { CharSet = "utf-8" };

    private volatile bool _gzip;

    /// <summary>Sends as many records as fit into one request.</summary>
    public async Task<SendOutcome> SendAsync(WaitingBatch batch, CancellationToken cancellationToken)
    {
        var (payload, count) = BatchWriter.WriteEvents(batch, BatchLimits.EventHubs.MaxPayloadBytes);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"records/publishers/{Uri.EscapeDataString(sensor.Value)}/messages");
        request.Content = _gzip ? Compress(payload) : new ReadOnlyMemoryContent(payload);
        request.Content.Headers.ContentType = ContentType;
        if (await authorization(cancellationToken) is { } token)
        {
            request.Headers.TryAddWithoutValidation("Authorization", token);
        }

        try
        {
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return Read(answer, count);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new SendOutcome(SendResult.TryAgain, count, null, e.Message);
        }
    }

    private SendOutcome Read(HttpResponseMessage answer, int count)
    {
        if (answer.IsSuccessStatusCode)
        {
            _gzip |= answer.Headers.TryGetValues("Accept-Encoding", out var codings) && codings.Any(c => c.Contains("gzip", StringComparison.OrdinalIgnoreCase));
            return new SendOutcome(SendResult.Accepted, count);
        }

        var reason = $"{(int)answer.StatusCode} {answer.ReasonPhrase}";
        switch (answer.StatusCode)
        {
            case HttpStatusCode.UnsupportedMediaType when _gzip:
                _gzip = false;
                return new SendOutcome(SendResult.TryAgain, count, null, reason);
            case HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity:
                return new SendOutcome(SendResult.Malformed, count, null, reason);
            case HttpStatusCode.RequestEntityTooLarge:
                return new SendOutcome(SendResult.TooLarge, count, null, reason);
            default:
                return new SendOutcome(SendResult.TryAgain, count, RetryAfterOf(answer), reason);
        }
    }

    /// <summary>What the answer asks for: seconds, or a date against the answer's own date, so that a clock that is off does not matter.</summary>
    internal static TimeSpan? RetryAfterOf(HttpResponseMessage answer)
    {
        // An hour at most: a mistyped figure on the other side must not silence a sensor for days.
        var longest = TimeSpan.FromHours(1);
        var asked = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } until } when answer.Headers.Date is { } now => until - now,
            _ => (TimeSpan?)null,
        };
        return asked is { } wait ? (wait < TimeSpan.Zero ? TimeSpan.Zero : wait > longest ? longest : wait) : null;
    }

    private static ByteArrayContent Compress(ReadOnlyMemory<byte> payload)
    {
        var buffer = new MemoryStream(payload.Length / 4);
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(payload.Span);
        }

        var content = new ByteArrayContent(buffer.GetBuffer(), 0, (int)buffer.Length);
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }
}
