using System.Diagnostics;
using Culvert.Tunnels;

namespace Culvert.SensorHost;

/// <summary>The sensor's spans (source <c>Culvert.Sensor</c>): each way that was dialled, with a span for each stage of it.</summary>
internal static class SensorSpans
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "Culvert.Sensor";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Notes a dial that has ended.</summary>
    public static void Dialed(DialResult result)
    {
        var trace = result.Trace;
        var startedAt = trace.StartedAt.UtcDateTime;
        using var dial = Source.StartActivity(
            "tunnel.dial", ActivityKind.Client, default(ActivityContext), [new("culvert.route", trace.Route), new("culvert.hops", string.Join(' ', trace.Hops)), new("server.address", trace.Destination)], null, startedAt);
        if (dial is null)
        {
            return;
        }

        var at = startedAt;
        foreach (var step in trace.Steps)
        {
            using var stage = Source.StartActivity($"tunnel.{step.Stage}", ActivityKind.Client, dial.Context, [new("culvert.target", step.Target)], null, at);
            at += step.Elapsed;
            stage?.SetEndTime(at);
            if (step == trace.Failure)
            {
                stage?.SetStatus(ActivityStatusCode.Error, step.Cause.ToString());
            }
        }

        dial.SetEndTime(at);
        if (trace.Failure is { } failure)
        {
            dial.SetStatus(ActivityStatusCode.Error, $"{failure.Target}: {failure.Stage}: {failure.Cause}");
        }
    }
}
