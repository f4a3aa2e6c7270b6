using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Tunnels;

public sealed partial class TunnelDialer
{
    // A page is recognised by its beginning; whoever sends it slower than this is not waited for.
    private static readonly TimeSpan PageTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Passes one hop: its TLS, its authentication, its request for the next stretch.</summary>
    private async ValueTask<Passed> PassAsync(
        Climb climb, int index, HostPort next, HopAuthenticator authenticator, IReadOnlyList<KeyValuePair<string, string>> fields, CancellationToken cancellationToken)
    {
        var hop = climb.Route.Hops[index];
        var recorder = climb.Recorder;
        if (hop.Scheme == HopScheme.Https && !await WrapAsync(climb, index, hop, cancellationToken))
        {
            return Passed.No;
        }

        if (hop.Names == NameResolution.BySensor && !next.IsAddress)
        {
            recorder.Begin();
            var (addresses, cause, evidence) = await _resolver.ResolveAsync(next.Host, cancellationToken);
            recorder.End(index, next.ToString(), Stage.Resolve, cause, evidence);
            if (cause != Cause.None)
            {
                return Passed.No;
            }

            next = new HostPort(addresses[0].ToString(), next.Port);
        }

        recorder.Begin();
        using var deadline = new CancellationTokenSource(options.RequestTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return hop.Scheme == HopScheme.Socks5
                ? await AskSocksAsync(climb, index, hop, next, both.Token)
                : await AskConnectAsync(climb, index, hop, next, authenticator, fields, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var (stage, missed) = authenticator.WaitsFor is { } other ? (Stage.Authenticate, $"no answer from {other}") : (Stage.Request, "no answer");
            recorder.End(index, hop.Name, stage, Cause.NoAnswer, $"{missed} within {options.RequestTimeout.TotalSeconds:0.#} s");
            return Passed.No;
        }
        catch (EndOfStreamException)
        {
            Gone(climb, index, hop, Cause.ConnectionClosed, "closed without an answer");
            return Passed.No;
        }
        catch (IOException e)
        {
            var (_, fault, words) = TlsHandshake.Classify(e, hop.ClientCertificate is not null);
            // With TLS 1.3 a hop refuses our certificate only after the handshake, in answer to our first bytes.
            var refused = climb.InTls && fault is TlsFault.IdentityMissing or TlsFault.IdentityRefused;
            if (refused)
            {
                recorder.End(index, hop.Name, Stage.ProxyTls, fault.AtHop(), words);
            }
            else
            {
                Gone(climb, index, hop, Cause.ConnectionReset, words);
            }

            return Passed.No;
        }
    }

    /// <summary>Notes that the hop went away instead of answering. One that asked for a client certificate and goes right after the handshake did not like what it got; not every server says so with an alert.</summary>
    private static void Gone(Climb climb, int index, Hop hop, Cause cause, string? evidence)
    {
        if (hop.Scheme == HopScheme.Https && climb.CertificateAsked && cause is Cause.ConnectionClosed or Cause.ConnectionReset)
        {
            var shown = hop.ClientCertificate is not null;
            climb.Recorder.End(
                index, hop.Name, Stage.ProxyTls, shown ? Cause.ProxyClientCertificateRefused : Cause.ProxyClientCertificateMissing,
                $"it asked for a client certificate, {(shown ? "was shown ours" : "got none")}, and went: {evidence}");
            return;
        }

        climb.Recorder.End(index, hop.Name, Stage.Request, cause, evidence);
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
        var asked = false;
        if (identity is null)
        {
            // Called once before the handshake, and again, with the hop's certificate, when the hop asks for ours.
            tlsOptions.LocalCertificateSelectionCallback = (_, _, _, remote, _) =>
            {
                asked |= remote is not null;
                return null!;
            };
        }

        var (stream, fault, evidence) = await TlsHandshake.RunAsync(climb.Stream, tlsOptions, witness, options.TlsTimeout, clock, cancellationToken);
        if (fault == TlsFault.NotTls && climb.Announced is { } body)
        {
            climb.Recorder.End(body.HopIndex, body.Hop, Stage.Request, Cause.MalformedAnswer, body.Evidence(evidence));
            return false;
        }

        climb.Recorder.End(index, hop.Name, Stage.ProxyTls, fault.AtHop(), evidence, witness.EndsAt);
        if (stream is null)
        {
            return false;
        }

        (climb.Stream, climb.InTls, climb.CertificateAsked) = (stream, true, asked || stream.IsMutuallyAuthenticated);
        // What the hop before announced never came.
        climb.Announced = null;
        return true;
    }

    private static async ValueTask<Passed> AskSocksAsync(Climb climb, int index, Hop hop, HostPort next, CancellationToken cancellationToken)
    {
        var (cause, stage, answered, evidence) = await Socks5.RequestAsync(climb.Stream, next, hop.Credentials, cancellationToken);
        if (cause == Cause.None && hop.Credentials is not null && stage == Stage.Authenticate)
        {
            climb.Recorder.End(index, hop.Name, Stage.Authenticate, Cause.CredentialsUnnecessary, "the hop chose to take none");
        }

        climb.OfDestination = answered;
        climb.Recorder.End(index, hop.Name, cause == Cause.None ? Stage.Request : stage, cause, evidence);
        climb.PushBack(default);
        climb.Announced = null;
        return cause == Cause.None ? Passed.Yes : Passed.No;
    }

    private async ValueTask<Passed> AskConnectAsync(
        Climb climb, int index, Hop hop, HostPort next, HopAuthenticator authenticator, IReadOnlyList<KeyValuePair<string, string>> fields, CancellationToken cancellationToken)
    {
        var authorization = await authenticator.FirstAsync(next, cancellationToken);
        for (var round = 0; ; round++)
        {
            var (answer, cause, evidence) = await ExchangeAsync(climb, round, ConnectRequest.Write(next, authorization, options.UserAgent, fields), cancellationToken);
            if (answer is null)
            {
                if (cause == Cause.ConnectionClosed && round > 0 && !authenticator.BoundToConnection)
                {
                    climb.Recorder.End(index, hop.Name, Stage.Authenticate, Cause.None, "closed after its 407; dialled again");
                    return Passed.DialAgain;
                }

                if (cause == Cause.NotAProxy && climb.Announced is { } announced && ConnectAnswerReader.IsUnknown(evidence))
                {
                    climb.Recorder.End(announced.HopIndex, announced.Hop, Stage.Request, Cause.MalformedAnswer, announced.Evidence(evidence));
                    return Passed.No;
                }

                Gone(climb, index, hop, cause, evidence);
                return Passed.No;
            }

            climb.NoteClock(answer, clock.GetUtcNow());
            climb.ProxyStatus = ProxyStatusField.Read(answer.Field("proxy-status"));
            if (answer.Status != 407)
            {
                return await EndAsync(climb, index, hop, authenticator, answer, cancellationToken);
            }

            var body = await AnswerBody.ReadAsync(climb.Stream, answer, cancellationToken);
            var (reply, mistake, scheme) = await authenticator.AnswerAsync(answer, next, cancellationToken);
            if (reply is null)
            {
                climb.RefusedWith = answer.Status;
                climb.Recorder.End(index, hop.Name, Stage.Authenticate, mistake, $"{answer.Status} {answer.Reason}; {scheme}");
                return Passed.No;
            }

            authorization = reply;
            if (!body.Complete || !answer.Persistent)
            {
                climb.Recorder.End(index, hop.Name, Stage.Authenticate, Cause.None, $"407, then closed; dialled again with {scheme}");
                return Passed.DialAgain;
            }

            climb.Recorder.End(index, hop.Name, Stage.Authenticate, Cause.None, $"407; answered with {scheme}");
            climb.PushBack(body.Leftover);
        }
    }

    /// <summary>Sends a request and reads its answer. A connection that is gone already in a later round counts as closed: the 407 did not say so.</summary>
    private async ValueTask<(ConnectAnswer? Answer, Cause Cause, string? Evidence)> ExchangeAsync(Climb climb, int round, byte[] request, CancellationToken cancellationToken)
    {
        try
        {
            await climb.Stream.WriteAsync(request, cancellationToken);
            await climb.Stream.FlushAsync(cancellationToken);
            return await ConnectAnswerReader.ReadAsync(climb.Stream, options.MaxAnswerBytes, cancellationToken);
        }
        catch (IOException e) when (round > 0 && e.InnerException is SocketException)
        {
            return (null, Cause.ConnectionClosed, e.Message);
        }
    }

    private async ValueTask<Passed> EndAsync(
        Climb climb, int index, Hop hop, HopAuthenticator authenticator, ConnectAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Opened && !PretendsToOpen(answer))
        {
            authenticator.Accepted(answer);
            if (hop.Credentials is not null && authenticator.Sent is null)
            {
                climb.Recorder.End(index, hop.Name, Stage.Authenticate, Cause.CredentialsUnnecessary, "credentials are set, and the hop did not ask for them");
            }

            var status = climb.ProxyStatus.Count > 0 ? $"; Proxy-Status: {ProxyStatusField.Write(climb.ProxyStatus)}" : "";
            climb.Recorder.End(index, hop.Name, Stage.Request, Cause.None, $"{answer.Status} {answer.Reason}{status}");
            climb.PushBack(answer.Leftover);
            climb.Announced = AnnouncedBody.Of(index, hop.Name, answer);
            return Passed.Yes;
        }

        using var patience = new CancellationTokenSource(PageTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var body = await AnswerBody.ReadAsync(climb.Stream, answer, both.Token);
        cancellationToken.ThrowIfCancellationRequested();
        climb.RefusedWith = answer.Status;
        if (answer.Status == 401)
        {
            // A proxy asks with 407; tinyproxy 1.11 says 401 to credentials that it does not know.
            climb.RefusedWith = 407;
            var wrong = authenticator.Sent is null ? Cause.CredentialsMissing : Cause.CredentialsWrong;
            climb.Recorder.End(index, hop.Name, Stage.Authenticate, wrong, $"{answer.Status} {answer.Reason}");
            return Passed.No;
        }

        var blame = HopRefusal.Attribute(climb.Route, index, answer, body.Text, climb.ProxyStatus);
        climb.OfDestination = blame.Cause is not (Cause.NotAProxy or Cause.BlockPage or Cause.MalformedAnswer);
        if (blame.HopIndex != index || blame.Target != hop.Name)
        {
            // The hop that was asked did its part; the fault lies further on.
            climb.Recorder.End(index, hop.Name, Stage.Request, Cause.None, $"{answer.Status} passed on");
        }

        climb.Recorder.End(blame.HopIndex, blame.Target, blame.Stage, blame.Cause, blame.Evidence);
        return Passed.No;
    }

    /// <summary>A captive portal says 200 to everything and sends its page. A tunnel has no body whatever its answer says (RFC 9110, section 9.3.6), but what we tunnel never begins with a page.</summary>
    private static bool PretendsToOpen(ConnectAnswer answer) =>
        answer.Field("content-type")?.Contains("html", StringComparison.OrdinalIgnoreCase) == true
        && (answer.Field("content-length") is { } length ? length.Trim() != "0" : answer.Leftover.Span.StartsWith("<"u8) || answer.Field("transfer-encoding") is not null);
}
