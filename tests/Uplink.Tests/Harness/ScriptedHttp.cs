using System.Collections.Concurrent;
using System.Net;

namespace Culvert.Uplink.Tests;

/// <summary>The cloud's HTTP services, answering as the test says.</summary>
internal sealed class ScriptedHttp : HttpMessageHandler
{
    public sealed record Request(HttpMethod Method, string Path, byte[] Body, string? Encoding, string? Range, string? Authorization);

    public Func<Request, HttpResponseMessage> Answer { get; set; } = _ => new HttpResponseMessage(HttpStatusCode.NotFound);

    public ConcurrentQueue<Request> Requests { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var seen = new Request(
            request.Method,
            request.RequestUri!.PathAndQuery,
            request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken),
            request.Content?.Headers.ContentEncoding.FirstOrDefault(),
            request.Headers.Range?.ToString(),
            request.Headers.TryGetValues("Authorization", out var values) ? values.First() : null);
        Requests.Enqueue(seen);
        var answer = Answer(seen);
        answer.RequestMessage = request;
        return answer;
    }
}
