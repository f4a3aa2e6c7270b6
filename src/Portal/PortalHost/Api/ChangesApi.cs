using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>The live feed of changes, as server-sent events.</summary>
internal static class ChangesApi
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/changes", (string? sensor, ChangeFeed feed, IHostApplicationLifetime lifetime, HttpContext context) =>
    {
        // The connection must not hold up a stop of the portal.
        var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.RegisterForDispose(ended);
        return TypedResults.ServerSentEvents(ListenAsync(feed, sensor, ended.Token), "change");
    }).WithTags("Changes");

    private static async IAsyncEnumerable<Change> ListenAsync(ChangeFeed feed, string? sensor, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in feed.ListenAsync(cancellationToken))
        {
            if (sensor is null || change.Sensor == sensor)
            {
                yield return change;
            }
        }
    }
}
