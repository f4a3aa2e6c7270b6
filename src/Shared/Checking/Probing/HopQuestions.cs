using System.Net.Sockets;
using System.Text;

namespace Culvert.Checking;

/// <summary>Asks single hops questions, through the hops before them, with the product's own dialer: the answers are kept whole, where the dialer keeps only what it needs.</summary>
internal sealed class HopQuestions(TunnelDialer dialer, CheckOptions options, TimeProvider clock)
{
    /// <summary>Any HTTP server answers this by itself, without asking anybody: no name is resolved and nothing is forwarded.</summary>
    public static byte[] SignOfLife(Hop hop) => Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {hop.Address}\r\nConnection: close\r\n\r\n");

    /// <summary>The question that the product asks. The password goes in it only where the product would send it unasked: not in plain text to a hop that might want a digest.</summary>
    public byte[] Connect(Hop hop, HostPort destination, bool withCredentials = true) =>
        Connect(destination, withCredentials && MayShowUnasked(hop) ? hop.Credentials : null);

    /// <summary>Asks a hop the question that the product asks; shows the password where the hop then wants Basic and nothing stronger.</summary>
    public async ValueTask<HopAnswer> AskConnectAsync(Route route, int passed, Hop hop, HostPort destination, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(route, passed, hop, Connect(hop, destination), cancellationToken);
        return hop is { Credentials: { } credentials, Authentication: HopAuthentication.Auto } && !MayShowUnasked(hop) && answer.Head is { Status: 407 } head && WantsBasicOnly(head)
            ? await AskAsync(route, passed, hop, Connect(destination, credentials), cancellationToken)
            : answer;
    }

    private static bool MayShowUnasked(Hop hop) =>
        hop.Authentication == HopAuthentication.Basic || (hop.Authentication == HopAuthentication.Auto && hop.Scheme == HopScheme.Https);

    private static bool WantsBasicOnly(HttpHead head)
    {
        var offered = head.Field("proxy-authenticate") ?? "";
        return offered.Contains("basic", StringComparison.OrdinalIgnoreCase)
            && !((string[])["digest", "ntlm", "negotiate"]).Any(s => offered.Contains(s, StringComparison.OrdinalIgnoreCase));
    }

    private byte[] Connect(HostPort destination, HopCredentials? credentials) => ConnectRequest.Write(
        destination,
        credentials is { } c && !c.UserName.Contains(':', StringComparison.Ordinal) ? ConnectRequest.Basic(c) : null,
        dialer.Options.UserAgent);

    /// <summary>Asks a hop. The hops before it that the dialer asks by itself (<paramref name="passed"/>) carry the question there.</summary>
    public async ValueTask<HopAnswer> AskAsync(Route route, int passed, Hop hop, byte[] question, CancellationToken cancellationToken)
    {
        var before = route with { Hops = [.. route.Hops.Take(passed)] };
        var dial = hop.Scheme == HopScheme.Https
            ? TrustOf(hop) is { } tls ? await dialer.DialTlsAsync(before, hop.Address, tls, cancellationToken) : Unreadable(before, hop)
            : await dialer.DialAsync(before, hop.Address, cancellationToken);
        if (!dial.Succeeded)
        {
            return new HopAnswer { Way = dial.Trace };
        }

        await using var stream = dial.Stream;
        return await ExchangeAsync(stream, dial.Trace, question, cancellationToken);
    }

    /// <summary>Our clock minus a hop's, by the Date of its answer to a sign of life; null when it gives none.</summary>
    public async ValueTask<TimeSpan?> AheadOfAsync(Route route, int passed, Hop hop, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(route, passed, hop, SignOfLife(hop), cancellationToken);
        return DateTimeOffset.TryParseExact(answer.Head?.Field("date"), "r", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var date)
            ? clock.GetUtcNow() - date
            : null;
    }

    /// <summary>Sends bytes and reads what comes back, at most as long as <see cref="CheckOptions.AnswerTimeout"/>.</summary>
    public async ValueTask<HopAnswer> ExchangeAsync(Stream stream, Trace way, byte[] question, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        using var deadline = new CancellationTokenSource(options.AnswerTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var heard = new Heard();
        try
        {
            await stream.WriteAsync(question, both.Token);
            await stream.FlushAsync(both.Token);
            var (head, seen) = await HttpHead.ReadAsync(stream, heard, both.Token);
            var elapsed = clock.GetElapsedTime(started);
            if (head is { Status: < 200 or >= 300 })
            {
                head = await head.WithBodyAsync(stream, both.Token);
            }

            return new HopAnswer { Way = way, Head = head, Seen = seen, Count = heard.Count, Ended = seen.Length == 0 ? Cause.ConnectionClosed : Cause.None, Elapsed = elapsed };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new HopAnswer { Way = way, Seen = heard.First, Count = heard.Count, Ended = Cause.NoAnswer, Elapsed = clock.GetElapsedTime(started) };
        }
        catch (IOException e)
        {
            return new HopAnswer
            {
                Way = way,
                Seen = heard.First,
                Count = heard.Count,
                Ended = e.InnerException is SocketException ? Cause.ConnectionReset : Cause.ConnectionClosed,
                Elapsed = clock.GetElapsedTime(started),
            };
        }
    }

    /// <summary>TLS with an <c>https</c> hop as the dialer does it; null when its files cannot be read, which the dialer's own trace tells.</summary>
    public static EndpointTls? TrustOf(Hop hop)
    {
        try
        {
            return new EndpointTls
            {
                Trust = hop.Trust.CaFile is { } ca ? PemFiles.ReadTrust(ca) : null,
                Identity = hop.ClientCertificate is { } files ? PemFiles.ReadIdentity(files) : null,
                ServerName = hop.Trust.ServerName,
                SpkiPins = hop.Trust.SpkiPins,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Whether a hop that is taken for plain speaks TLS: whatever becomes of the handshake, a certificate shows it.</summary>
    public async ValueTask<bool> SpeaksTlsAsync(Route route, int passed, Hop hop, CancellationToken cancellationToken)
    {
        var dial = await dialer.DialTlsAsync(route with { Hops = [.. route.Hops.Take(passed)] }, hop.Address, new EndpointTls(), cancellationToken);
        if (dial.Stream is { } stream)
        {
            await stream.DisposeAsync();
        }

        return dial.Succeeded || dial.Trace.Failure is
        {
            Stage: Stage.Tls,
            Cause: Cause.Intercepted or Cause.CertificateUntrusted or Cause.CertificateExpired or Cause.CertificateWrongName or Cause.ClockOff or Cause.TlsTooWeak,
        };
    }

    private DialResult Unreadable(Route route, Hop hop) => new()
    {
        Trace = new Trace
        {
            Route = route.Name,
            Destination = hop.Address.ToString(),
            StartedAt = clock.GetUtcNow(),
            Steps = [new TraceStep { HopIndex = route.Hops.Count, Target = hop.Name, Stage = Stage.ProxyTls, Cause = Cause.Misconfigured }],
        },
    };
}
