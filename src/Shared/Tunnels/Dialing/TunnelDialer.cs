using System.Net.Sockets;

namespace Culvert.Tunnels;

/// <summary>Opens a tunnel along a route, hop by hop, and says what happened. What the network does is in the result; it throws only for the caller's cancellation and mistakes.</summary>
public sealed partial class TunnelDialer(
    TunnelDialerOptions options, TimeProvider clock, NameResolver? resolver = null, ITcpConnector? connector = null)
{
    // A hop that closes after its 407 costs one connection more; a chain of such hops one each.
    private const int MaxConnections = 8;

    private readonly NameResolver _resolver = resolver ?? new NameResolver(options, clock);
    private readonly AuthenticationMemory _memory = new();

    /// <summary>How one hop was passed.</summary>
    private enum Passed
    {
        Yes,
        No,

        /// <summary>The hop asked for credentials and closed the connection: dial again, with them.</summary>
        DialAgain,
    }

    /// <summary>The deadlines in use.</summary>
    public TunnelDialerOptions Options => options;

    internal TimeProvider Clock => clock;

    /// <summary>Opens a tunnel to <paramref name="destination"/>. A configured hop is never skipped: where the route cannot be taken, the result is a failure.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<DialResult> DialAsync(Route route, HostPort destination, CancellationToken cancellationToken) =>
        DialAsync(route, destination, [], cancellationToken);

    /// <summary>Opens a tunnel, with more fields (as Via) in the request to the first hop.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<DialResult> DialAsync(
        Route route, HostPort destination, IReadOnlyList<KeyValuePair<string, string>> fields, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(fields);
        var recorder = new TraceRecorder(route, destination.ToString(), clock);
        var authenticators = route.Hops.Select(h => new HopAuthenticator(h, _memory, options.RequestTimeout, clock)).ToArray();
        try
        {
            for (var connection = 1; ; connection++)
            {
                var (result, again) = await ClimbAsync(route, destination, fields, recorder, authenticators, cancellationToken);
                if (!again)
                {
                    return result;
                }

                if (connection == MaxConnections)
                {
                    var (index, hop) = (result.Trace.Steps[^1].HopIndex, result.Trace.Steps[^1].Target);
                    recorder.End(index, hop, Stage.Authenticate, Cause.CredentialsWrong, $"asked again on each of {MaxConnections} connections");
                    return Failed(recorder) with { RefusedWith = 407 };
                }
            }
        }
        finally
        {
            Array.ForEach(authenticators, a => a.Dispose());
        }
    }

    private static int[] Asked(Route route) =>
        [.. Enumerable.Range(0, route.Hops.Count).Where(i => i == 0 || route.Hops[i].Reach == HopReach.Nested)];

    private static DialResult Failed(TraceRecorder recorder) => new() { Trace = recorder.ToTrace() };

    /// <summary>One connection, from the first hop to the destination; <c>Again</c> when another is needed because a hop closed this one after its 407.</summary>
    private async ValueTask<(DialResult Result, bool Again)> ClimbAsync(
        Route route, HostPort destination, IReadOnlyList<KeyValuePair<string, string>> fields, TraceRecorder recorder,
        HopAuthenticator[] authenticators, CancellationToken cancellationToken)
    {
        var asked = Asked(route);
        var first = asked.Length > 0 ? route.Hops[0].Address : destination;
        var firstName = asked.Length > 0 ? route.Hops[0].Name : destination.ToString();
        recorder.Begin();
        var (addresses, cause, evidence) = await _resolver.ResolveAsync(first.Host, cancellationToken);
        if (cause != Cause.None || !first.IsAddress)
        {
            recorder.End(0, firstName, Stage.Resolve, cause, evidence);
        }

        if (cause != Cause.None)
        {
            return (Failed(recorder), false);
        }

        recorder.Begin();
        Socket? socket = null;
        Stream? stream;
        if (connector is null)
        {
            (socket, cause, evidence) = await TcpConnector.ConnectAsync(addresses, first.Port, options.ConnectTimeout, clock, cancellationToken);
            stream = socket is null ? null : new NetworkStream(socket, ownsSocket: true);
        }
        else
        {
            (stream, cause, evidence) = await connector.ConnectAsync(addresses, first.Port, options.ConnectTimeout, cancellationToken);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            stream?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
        }

        recorder.End(0, firstName, Stage.Connect, cause, evidence);
        if (stream is null)
        {
            return (Failed(recorder), false);
        }

        var climb = new Climb(route, recorder, stream);
        try
        {
            for (var i = 0; i < asked.Length; i++)
            {
                var last = i + 1 == asked.Length;
                var next = last ? destination : route.Hops[asked[i + 1]].Address;
                var passed = await PassAsync(climb, asked[i], next, authenticators[asked[i]], asked[i] == 0 ? fields : [], cancellationToken);
                if (passed != Passed.Yes)
                {
                    await climb.Stream.DisposeAsync();
                    var failure = Failed(recorder) with
                    {
                        ProxyStatus = climb.ProxyStatus,
                        RefusedWith = climb.RefusedWith,
                        OfDestination = climb.OfDestination && last,
                        HopClockAhead = climb.HopClockAhead,
                    };
                    return (failure, passed == Passed.DialAgain);
                }
            }
        }
        catch
        {
            await climb.Stream.DisposeAsync();
            throw;
        }

        return (new DialResult
        {
            Stream = climb.Stream,
            Bare = climb.Bare,
            Socket = climb.InTls ? null : socket,
            Leftover = climb.Leftover,
            Announced = climb.Announced,
            Trace = recorder.ToTrace(),
            ProxyStatus = climb.ProxyStatus,
            HopClockAhead = climb.HopClockAhead,
        }, false);
    }
}
