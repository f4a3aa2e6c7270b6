using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Tunnels;

/// <summary>Opens a tunnel along a route, hop by hop, and says what happened. What the network does is in the result; it throws only for the caller's cancellation and mistakes.</summary>
public sealed partial class TunnelDialer(TunnelDialerOptions options, TimeProvider clock, NameResolver? resolver = null)
{
    private readonly NameResolver _resolver = resolver ?? new NameResolver(options, clock);

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
        var asked = Asked(route);
        var first = asked.Length > 0 ? route.Hops[asked[0]].Address : destination;
        var firstName = asked.Length > 0 ? route.Hops[asked[0]].Name : destination.ToString();
        var firstIndex = asked.Length > 0 ? asked[0] : 0;

        var (addresses, cause, evidence) = await _resolver.ResolveAsync(first.Host, cancellationToken);
        if (cause != Cause.None || !first.IsAddress)
        {
            recorder.End(firstIndex, firstName, Stage.Resolve, cause, evidence);
        }

        if (cause != Cause.None)
        {
            return Failed(recorder);
        }

        recorder.Begin();
        (var socket, cause, evidence) = await TcpConnector.ConnectAsync(addresses, first.Port, options.ConnectTimeout, clock, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        recorder.End(firstIndex, firstName, Stage.Connect, cause, evidence);
        if (socket is null)
        {
            return Failed(recorder);
        }

        var climb = new Climb(route, destination, recorder, socket) { Fields = fields };
        try
        {
            for (var i = 0; i < asked.Length; i++)
            {
                var next = i + 1 < asked.Length ? route.Hops[asked[i + 1]].Address : destination;
                if (!await PassAsync(climb, asked[i], next, cancellationToken))
                {
                    await climb.Stream.DisposeAsync();
                    return Failed(recorder) with { ProxyStatus = climb.ProxyStatus, RefusedWith = climb.RefusedWith };
                }
            }
        }
        catch
        {
            await climb.Stream.DisposeAsync();
            throw;
        }

        return new DialResult
        {
            Stream = climb.Stream,
            Bare = climb.Bare,
            Socket = climb.InTls ? null : socket,
            Leftover = climb.Leftover,
            Trace = recorder.ToTrace(),
            ProxyStatus = climb.ProxyStatus,
        };
    }

    private static int[] Asked(Route route) =>
        [.. Enumerable.Range(0, route.Hops.Count).Where(i => i == 0 || route.Hops[i].Reach == HopReach.Nested)];

    private static DialResult Failed(TraceRecorder recorder) => new() { Trace = recorder.ToTrace() };

    /// <summary>Passes one hop: its TLS, its authentication, its request for the next stretch.</summary>
    private async ValueTask<bool> PassAsync(Climb climb, int index, HostPort next, CancellationToken cancellationToken)
    {
        var hop = climb.Route.Hops[index];
        var recorder = climb.Recorder;
        if (hop.Scheme == HopScheme.Https && !await WrapAsync(climb, index, hop, cancellationToken))
        {
            return false;
        }

        recorder.Begin();
        using var deadline = new CancellationTokenSource(options.RequestTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return hop.Scheme == HopScheme.Socks5
                ? await AskSocksAsync(climb, index, hop, next, both.Token)
                : await AskConnectAsync(climb, index, hop, next, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            recorder.End(index, hop.Name, Stage.Request, Cause.NoAnswer, $"no answer within {options.RequestTimeout.TotalSeconds:0.#} s");
            return false;
        }
        catch (EndOfStreamException)
        {
            recorder.End(index, hop.Name, Stage.Request, Cause.ConnectionClosed, "closed without an answer");
            return false;
        }
        catch (IOException e)
        {
            var (_, fault, words) = TlsHandshake.Classify(e, hop.ClientCertificate is not null);
            // With TLS 1.3 a hop refuses our certificate only after the handshake, in answer to our first bytes.
            var cause = e.InnerException is SocketException
                ? Cause.ConnectionReset
                : climb.InTls && fault is TlsFault.IdentityMissing or TlsFault.IdentityRefused ? fault.AtHop() : Cause.ConnectionReset;
            recorder.End(index, hop.Name, cause == Cause.ConnectionReset ? Stage.Request : Stage.ProxyTls, cause, words);
            return false;
        }
    }

    private async ValueTask<bool> WrapAsync(Climb climb, int index, Hop hop, CancellationToken cancellationToken)
    {
        climb.Recorder.Begin();
        X509Certificate2Collection? trust = null;
        var identity = default(System.Net.Security.SslStreamCertificateContext);
        try
        {
            trust = hop.Trust.CaFile is { } ca ? PemFiles.ReadTrust(ca) : null;
            identity = hop.ClientCertificate is { } files ? PemFiles.ReadIdentity(files) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException or FormatException)
        {
            climb.Recorder.End(index, hop.Name, Stage.ProxyTls, Cause.Misconfigured, e.Message);
            return false;
        }

        var witness = new TlsWitness(clock, hop.Trust.SpkiPins);
        var tlsOptions = TlsPolicy.Client(hop.Trust.ServerName ?? hop.Address.Host, trust, identity);
        var (stream, fault, evidence) = await TlsHandshake.RunAsync(climb.Stream, tlsOptions, witness, options.TlsTimeout, clock, cancellationToken);
        climb.Recorder.End(index, hop.Name, Stage.ProxyTls, fault.AtHop(), evidence);
        if (stream is null)
        {
            return false;
        }

        (climb.Stream, climb.InTls) = (stream, true);
        return true;
    }

    private static async ValueTask<bool> AskSocksAsync(Climb climb, int index, Hop hop, HostPort next, CancellationToken cancellationToken)
    {
        var (cause, stage, evidence) = await Socks5.RequestAsync(climb.Stream, next, hop.Credentials, cancellationToken);
        climb.Recorder.End(index, hop.Name, stage, cause, evidence);
        return cause == Cause.None;
    }

    private async ValueTask<bool> AskConnectAsync(Climb climb, int index, Hop hop, HostPort next, CancellationToken cancellationToken)
    {
        if (hop.Credentials is { } credentials && credentials.UserName.Contains(':', StringComparison.Ordinal))
        {
            climb.Recorder.End(index, hop.Name, Stage.Authenticate, Cause.Misconfigured, "a user name with a colon cannot be sent (RFC 7617, section 2)");
            return false;
        }

        // Basic goes with the first request: it costs no second connection, and some proxies close after a 407.
        var authorization = hop.Credentials is null ? null : ConnectRequest.Basic(hop.Credentials);
        await climb.Stream.WriteAsync(ConnectRequest.Write(next, authorization, options.UserAgent, index == 0 ? climb.Fields : []), cancellationToken);
        await climb.Stream.FlushAsync(cancellationToken);
        var (answer, cause, evidence) = await ConnectAnswerReader.ReadAsync(climb.Stream, options.MaxAnswerBytes, cancellationToken);
        if (answer is null)
        {
            climb.Recorder.End(index, hop.Name, Stage.Request, cause, evidence);
            return false;
        }

        climb.ProxyStatus = ProxyStatusField.Read(answer.Field("proxy-status"));
        if (!answer.Opened)
        {
            climb.RefusedWith = answer.Status;
            var blame = HopRefusal.Attribute(climb.Route, index, authorization is not null, answer, climb.ProxyStatus);
            if (blame.HopIndex != index)
            {
                // The hop that was asked did its part; the fault lies further on.
                climb.Recorder.End(index, hop.Name, Stage.Request, Cause.None, $"{answer.Status} passed on");
            }

            climb.Recorder.End(blame.HopIndex, climb.Route.Hops[blame.HopIndex].Name, blame.Stage, blame.Cause, blame.Evidence);
            return false;
        }

        var status = climb.ProxyStatus.Count > 0 ? $"; Proxy-Status: {ProxyStatusField.Write(climb.ProxyStatus)}" : "";
        climb.Recorder.End(index, hop.Name, Stage.Request, Cause.None, $"{answer.Status} {answer.Reason}{status}");
        climb.Leftover = answer.Leftover;
        climb.Bare = climb.Stream;
        if (!answer.Leftover.IsEmpty)
        {
            climb.Stream = new PrefixedStream(answer.Leftover, climb.Stream);
        }

        return true;
    }

    /// <summary>How far a dial has come.</summary>
    private sealed class Climb(Route route, HostPort destination, TraceRecorder recorder, Socket socket)
    {
        public Route Route { get; } = route;

        public HostPort Destination { get; } = destination;

        public TraceRecorder Recorder { get; } = recorder;

        public Stream Stream { get; set; } = new NetworkStream(socket, ownsSocket: true);

        public Stream? Bare { get; set; }

        public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];

        public bool InTls { get; set; }

        public ReadOnlyMemory<byte> Leftover { get; set; }

        public IReadOnlyList<ProxyStatusEntry> ProxyStatus { get; set; } = [];

        public int? RefusedWith { get; set; }
    }
}
