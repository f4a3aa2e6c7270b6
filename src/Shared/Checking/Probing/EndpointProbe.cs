using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Culvert.Checking;

/// <summary>Dials one endpoint by one route as the product does, and has a first exchange with the service that lives there.</summary>
internal sealed class EndpointProbe(TunnelDialer dialer, CheckRequest request, CheckOptions options, TimeProvider clock)
{
    /// <summary>Where MQTT is spoken in TLS directly (registered: secure-mqtt); HTTP is not spoken there.</summary>
    private const int SecureMqttPort = 8883;

    private static readonly string[] IdentityAlerts =
        ["certificate required", "bad certificate", "certificate unknown", "unknown ca", "certificate revoked", "certificate expired", "access denied"];

    private readonly Lock _clockGate = new();
    private TimeSpan _low = TimeSpan.MinValue;
    private TimeSpan _high = TimeSpan.MaxValue;

    /// <summary>Our clock minus the cloud's, and how far off that may be; null before an answer told the time.</summary>
    public (TimeSpan Drift, TimeSpan Uncertainty)? Drift
    {
        get
        {
            lock (_clockGate)
            {
                return _low == TimeSpan.MinValue ? null : ((_low + _high) / 2, (_high - _low) / 2);
            }
        }
    }

    /// <summary>How the sensor's TLS with the cloud is set up.</summary>
    public EndpointTls Tls => new() { Trust = request.Trust, Identity = request.Identity };

    public async ValueTask<EndpointCheck> RunAsync(Route route, HostPort address, IReadOnlyList<CloudService> services, CancellationToken cancellationToken)
    {
        var dial = await dialer.DialTlsAsync(route, address, Tls, cancellationToken);
        var check = new EndpointCheck { Address = address.ToString(), Services = services, Trace = dial.Trace };
        if (!dial.Succeeded)
        {
            return check;
        }

        await using var stream = (SslStream)dial.Stream;
        check = check with { Tls = $"{stream.SslProtocol}, {stream.NegotiatedCipherSuite}", Certificate = Seen(stream) };
        if (address.Port == SecureMqttPort)
        {
            var (why, said, took) = await OpenSessionAsync(stream, address, framed: false, cancellationToken);
            return check with { Succeeded = why == Cause.None, Trace = said is null ? check.Trace : With(check.Trace, route, address, why, said, took) };
        }

        var (head, cause, words, elapsed) = await ExchangeAsync(stream, Request(address), cancellationToken);
        check = check with { Answer = head?.Line, RoundTripMilliseconds = head is null ? null : elapsed.TotalMilliseconds };
        if (cause == Cause.IdentityRefused && request.Identity is null)
        {
            (cause, words) = (Cause.None, "it asks for the identity that activation gives");
        }
        else if (cause is Cause.ServiceFailed or Cause.Throttled)
        {
            // The product never asks for "/": an error there is worth a warning and proves nothing.
            cause = Cause.None;
        }

        if (cause == Cause.None && head is not null && services.Contains(CloudService.IotHub))
        {
            (var passed, cause, words, var more) = await UpgradeAsync(route, address, cancellationToken);
            (check, elapsed) = (check with { WebSocket = passed }, elapsed + more);
        }

        check = check with { Trace = With(check.Trace, route, address, cause, words ?? head?.Line, elapsed), Succeeded = cause == Cause.None };
        return check.Succeeded && head is not null && options.LargeRequests ? await TryLargeAsync(check, route, address, cancellationToken) : check;
    }

    /// <summary>What a peer showed.</summary>
    public static CertificateSeen? Seen(SslStream stream)
    {
        if (stream.RemoteCertificate is not { } raw)
        {
            return null;
        }

        using var certificate = X509CertificateLoader.LoadCertificate(raw.GetRawCertData());
        var pin = Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
        return new CertificateSeen(certificate.Subject, certificate.Issuer, certificate.NotAfter.ToUniversalTime(), pin);
    }

    /// <summary>One request and the head of its answer, in an open tunnel.</summary>
    public async ValueTask<(HttpHead? Head, Cause Cause, string? Words, TimeSpan Elapsed)> ExchangeAsync(Stream stream, byte[] bytes, CancellationToken cancellationToken)
    {
        var (sent, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        using var deadline = new CancellationTokenSource(options.AnswerTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var heard = new Heard();
        try
        {
            await stream.WriteAsync(bytes, both.Token);
            await stream.FlushAsync(both.Token);
            var (head, seen) = await HttpHead.ReadAsync(stream, heard, both.Token);
            var elapsed = clock.GetElapsedTime(started);
            if (head is not null)
            {
                ObserveTime(sent, sent + elapsed, head.Field("date"));
                return head.Status switch
                {
                    429 => (head, Cause.Throttled, head.Line, elapsed),
                    500 or 502 or 503 or 504 => (head, Cause.ServiceFailed, head.Line, elapsed),
                    _ => (head, Cause.None, null, elapsed),
                };
            }

            return seen.Length == 0
                ? (null, Cause.ConnectionClosed, "closed without an answer", elapsed)
                : (null, Cause.MalformedAnswer, $"answered: {HttpHead.Clean(Encoding.Latin1.GetString(seen), 64)}", elapsed);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var words = heard.Count > 0 ? $"{heard.Count} bytes of an answer within" : "no answer within";
            return (null, Cause.NoAnswer, $"{words} {options.AnswerTimeout.TotalSeconds:0.#} s", clock.GetElapsedTime(started));
        }
        catch (IOException e)
        {
            return (null, IdentityTrouble(e) ? Cause.IdentityRefused : Cause.ConnectionReset, Words(e), clock.GetElapsedTime(started));
        }
    }

    /// <summary>A small request that changes nothing anywhere.</summary>
    public static byte[] Request(HostPort address, int padding = 0)
    {
        var text = new StringBuilder($"GET / HTTP/1.1\r\nHost: {HostOf(address)}\r\nUser-Agent: culvert-check\r\nAccept: */*\r\nConnection: close\r\n");
        for (var i = 0; padding > 0; i++, padding -= 2900)
        {
            // Several fields: servers bound the length of one line more tightly than the whole.
            text.Append("X-Culvert-Padding-").Append(i).Append(": ").Append('.', Math.Min(padding, 2860)).Append("\r\n");
        }

        return Encoding.ASCII.GetBytes(text.Append("\r\n").ToString());
    }

    private async ValueTask<(bool Passed, Cause Cause, string Words, TimeSpan Elapsed)> UpgradeAsync(Route route, HostPort address, CancellationToken cancellationToken)
    {
        var dial = await dialer.DialTlsAsync(route, address, Tls, cancellationToken);
        if (!dial.Succeeded)
        {
            return (false, dial.Trace.Failure!.Cause, $"a second tunnel failed at {dial.Trace.Failure.Target}: {dial.Trace.Failure.Evidence}", dial.Trace.Elapsed);
        }

        await using var stream = dial.Stream;
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var bytes = Encoding.ASCII.GetBytes(
            $"GET /$iothub/websocket HTTP/1.1\r\nHost: {HostOf(address)}\r\nUser-Agent: culvert-check\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n");
        var (head, cause, words, elapsed) = await ExchangeAsync(stream, bytes, cancellationToken);
        if (head is { Status: 101 } && await OpenSessionAsync(stream, address, framed: true, cancellationToken) is { Words: { } session } opened)
        {
            return (true, opened.Cause, session, elapsed + opened.Elapsed);
        }

        return head switch
        {
            { Status: 101 } => (true, Cause.None, $"{head.Line}, {head.Field("sec-websocket-protocol") ?? "no subprotocol"}", elapsed),
            { Status: 401 or 403 } when request.Identity is null => (true, Cause.None, $"{head.Line}: it wants the identity that activation gives", elapsed),
            { Status: 401 or 403 } => (false, Cause.IdentityRefused, $"{head.Line} to the WebSocket upgrade", elapsed),
            { } when cause is Cause.ServiceFailed or Cause.Throttled => (false, cause, $"{head.Line} to the WebSocket upgrade", elapsed),
            { } => (false, Cause.WebSocketBlocked, $"{head.Line} to the WebSocket upgrade", elapsed),
            null => (false, cause, $"{words}, to the WebSocket upgrade", elapsed),
        };
    }

    /// <summary>Opens the sensor's session with the hub and ends it again, where nobody else holds it: whether TLS is up says nothing about whether the hub takes the identity.</summary>
    private async ValueTask<(Cause Cause, string? Words, TimeSpan Elapsed)> OpenSessionAsync(Stream stream, HostPort address, bool framed, CancellationToken cancellationToken)
    {
        if (request is not { OpenSession: true, Identity: not null, Sensor: { } sensor })
        {
            return default;
        }

        byte[] Form(byte[] packet) => framed ? MqttHello.Framed(packet) : packet;
        var started = clock.GetTimestamp();
        using var deadline = new CancellationTokenSource(options.AnswerTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await stream.WriteAsync(Form(MqttHello.Connect(address.Host, sensor)), both.Token);
            await stream.FlushAsync(both.Token);
            var buffer = new byte[64];
            var filled = 0;
            while (filled < buffer.Length && await stream.ReadAsync(buffer.AsMemory(filled), both.Token) is > 0 and var read)
            {
                filled += read;
                if (MqttHello.ReturnCode(buffer.AsSpan(0, filled), framed) is { } code)
                {
                    await stream.WriteAsync(Form(MqttHello.Goodbye), both.Token);
                    var (cause, meaning) = code switch
                    {
                        0 => (Cause.None, "the session opens"),
                        3 => (Cause.ServiceFailed, "the hub says that it is not available"),
                        // As the sensor itself takes it (docs/protocols/cloud-services.md).
                        5 => (Cause.IdentityRevoked, "not authorised"),
                        _ => (Cause.IdentityRefused, "the identity does not fit"),
                    };
                    return (cause, $"CONNACK {code} to MQTT CONNECT of {sensor}: {meaning}", clock.GetElapsedTime(started));
                }
            }

            return (filled == 0 ? Cause.ConnectionClosed : Cause.MalformedAnswer, filled == 0 ? "closed without an answer to MQTT CONNECT" : "no CONNACK to MQTT CONNECT", clock.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (Cause.NoAnswer, $"no answer to MQTT CONNECT within {options.AnswerTimeout.TotalSeconds:0.#} s", clock.GetElapsedTime(started));
        }
        catch (IOException e)
        {
            return (IdentityTrouble(e) ? Cause.IdentityRefused : Cause.ConnectionReset, $"{Words(e)}, to MQTT CONNECT", clock.GetElapsedTime(started));
        }
    }

    /// <summary>
    /// A small request passed: a large one that is swallowed, twice, shows that full-size packets are lost. Any answer shows nothing of the kind.
    /// Of a slow way one of three packets comes through in time; a black hole swallows it as well.
    /// </summary>
    private async ValueTask<EndpointCheck> TryLargeAsync(EndpointCheck check, Route route, HostPort address, CancellationToken cancellationToken)
    {
        const int large = 20 * 1024;
        const int threePackets = 4 * 1024;
        LargeRequest? swallowed = null;
        LargeRequest? cut = null;
        foreach (var padding in (int[])[large, threePackets, large])
        {
            if (padding == threePackets && swallowed is null)
            {
                continue;
            }

            if (await AskLargeAsync(check, route, address, padding, cancellationToken) is not { } asked)
            {
                return check;
            }

            if (asked.IsAnswered)
            {
                var pace = asked.PaceBeyond(check.RoundTripMilliseconds!.Value);
                check = check with { UpKbpsAtLeast = pace ?? check.UpKbpsAtLeast };
                if (padding == large)
                {
                    return check with { LargePackets = true, UpKbpsAtLeast = pace };
                }

                if (asked.Elapsed > swallowed!.Elapsed / 6)
                {
                    // A fifth of the bytes took its share of the time: too slow for the large request, and not a matter of packets' size.
                    return check with { LargePackets = true };
                }

                continue;
            }

            if (!asked.IsSwallowed)
            {
                if (cut is not null)
                {
                    return check with { LargeRequestCut = $"a request of {asked.Bytes} bytes: {asked.Words}, twice; a small one was answered" };
                }

                cut = asked;
                continue;
            }

            if (swallowed is not null)
            {
                var words = $"requests of {swallowed.Bytes}{(asked.Bytes == swallowed.Bytes ? "" : $" and {asked.Bytes}")} bytes: {asked.Words}; a small one was answered in {check.RoundTripMilliseconds:0} ms";
                return check with { LargePackets = false, Succeeded = false, Trace = With(check.Trace, route, address, Cause.LargePacketsLost, words, asked.Elapsed) };
            }

            swallowed = asked;
        }

        return check;
    }

    private async ValueTask<LargeRequest?> AskLargeAsync(EndpointCheck check, Route route, HostPort address, int padding, CancellationToken cancellationToken)
    {
        var dial = await dialer.DialTlsAsync(route, address, Tls, cancellationToken);
        if (!dial.Succeeded)
        {
            return null;
        }

        await using var stream = dial.Stream;
        var bytes = Request(address, padding);
        var (head, cause, words, elapsed) = await ExchangeAsync(stream, bytes, cancellationToken);
        return new LargeRequest(bytes.Length, head?.Status, cause, words ?? head?.Line ?? "", elapsed, TimeSpan.FromMilliseconds(check.RoundTripMilliseconds!.Value));
    }

    private void ObserveTime(DateTimeOffset sent, DateTimeOffset received, string? date)
    {
        if (date is null || !DateTimeOffset.TryParseExact(date, "r", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var stamp))
        {
            return;
        }

        // At some instant between sending and receiving the cloud's clock showed the stamp, cut to a second (RFC 9110, section 6.6.1).
        // Servers write the stamp anew once a second only, so it may be a second old besides.
        var (low, high) = (sent - stamp - TimeSpan.FromSeconds(2), received - stamp);
        lock (_clockGate)
        {
            if (_low == TimeSpan.MinValue || low > _high || high < _low)
            {
                (_low, _high) = (low, high);
                return;
            }

            (_low, _high) = (low > _low ? low : _low, high < _high ? high : _high);
        }
    }

    private static Trace With(Trace trace, Route route, HostPort address, Cause cause, string? words, TimeSpan elapsed) => trace with
    {
        Steps =
        [
            .. trace.Steps,
            new TraceStep { HopIndex = route.Hops.Count, Target = address.ToString(), Stage = Stage.Service, Cause = cause, Elapsed = elapsed, Evidence = words },
        ],
    };

    private static string HostOf(HostPort address) => address.Port == 443 && !address.Host.Contains(':') ? address.Host : address.ToString();

    // TLS 1.3 tells a refused or missing client certificate only in answer to the first bytes.
    private static bool IdentityTrouble(Exception e) =>
        IdentityAlerts.Any(words => Words(e).Contains(words, StringComparison.OrdinalIgnoreCase));

    private static string Words(Exception exception)
    {
        if (exception.GetBaseException() is System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.ConnectionReset })
        {
            return "the connection was reset";
        }

        var all = new List<string>();
        for (var e = exception; e is not null; e = e.InnerException)
        {
            all.Add(e.Message);
        }

        return HttpHead.Clean(string.Join(" / ", all), 256);
    }
}
