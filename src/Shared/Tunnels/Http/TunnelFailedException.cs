namespace Culvert.Tunnels;

/// <summary>No route gave a tunnel; thrown into code that speaks HTTP, which knows failures only as exceptions.</summary>
public sealed class TunnelFailedException : IOException
{
    /// <summary>Makes one from the last trace.</summary>
    public TunnelFailedException(Trace trace)
        : base(Describe(trace)) => Trace = trace;

    /// <summary>What happened on the last route that was tried.</summary>
    public Trace Trace { get; }

    private static string Describe(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return trace.Failure is { } f
            ? $"No tunnel to {trace.Destination} over {trace.Route}: {f.Target}, {f.Stage}: {f.Cause}. {f.Evidence}"
            : $"No tunnel to {trace.Destination} over {trace.Route}.";
    }
}
