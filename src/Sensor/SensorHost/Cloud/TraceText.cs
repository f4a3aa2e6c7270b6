using System.Globalization;

namespace Culvert.SensorHost;

/// <summary>A trace as lines for people.</summary>
internal static class TraceText
{
    /// <summary>One line a step.</summary>
    public static IReadOnlyList<string> Lines(Trace trace) =>
    [
        $"route {trace.Route} to {trace.Destination}:",
        .. trace.Steps.Select(s => string.Create(
            CultureInfo.InvariantCulture, $"  {s.Target}, {s.Stage}: {(s.Cause == Cause.None ? "ok" : s.Cause.ToString())} ({s.Elapsed.TotalMilliseconds:0} ms){(s.Evidence is null ? "" : " " + s.Evidence)}")),
    ];
}
