namespace Culvert.SensorHost;

/// <summary>Sends the exporter's requests through the door to the cloud. The exporter calls it from a thread of its own and waits there, so that nothing else ever does.</summary>
internal sealed class TelemetryHandler(HttpMessageInvoker door) : HttpMessageHandler
{
    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        door.SendAsync(request, cancellationToken).GetAwaiter().GetResult();

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => door.SendAsync(request, cancellationToken);
}
