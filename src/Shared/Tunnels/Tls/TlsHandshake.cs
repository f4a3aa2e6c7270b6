using System.ComponentModel;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Culvert.Tunnels;

/// <summary>Runs one client handshake under the policy and says what went wrong.</summary>
internal static class TlsHandshake
{
    /// <summary>The stream when it went well (it owns the inner one), else the fault. The inner stream is left to the caller on failure.</summary>
    public static async ValueTask<(SslStream? Stream, TlsFault Fault, string? Evidence)> RunAsync(
        Stream inner, SslClientAuthenticationOptions options, TlsWitness witness, TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        options.RemoteCertificateValidationCallback = witness.Validate;
        var tls = new SslStream(inner, leaveInnerStreamOpen: false);
        using var deadline = new CancellationTokenSource(limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await tls.AuthenticateAsClientAsync(options, both.Token);
            if (!TlsPolicy.Allows(tls.NegotiatedCipherSuite))
            {
                var suite = tls.NegotiatedCipherSuite;
                await tls.DisposeAsync();
                return (null, TlsFault.TooWeak, $"the peer chose {suite}");
            }

            return (tls, TlsFault.None, $"{Name(tls.SslProtocol)}, {tls.NegotiatedCipherSuite}; {witness.Evidence}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await tls.DisposeAsync();
            return (null, TlsFault.TimedOut, $"no handshake within {limit.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is AuthenticationException or IOException or Win32Exception or ObjectDisposedException)
        {
            await tls.DisposeAsync();
            return witness.Fault != TlsFault.None ? (null, witness.Fault, witness.Evidence) : Classify(e, options.ClientCertificateContext is not null);
        }
    }

    /// <summary>What a failure of TLS means when the certificate was not the reason. OpenSSL says it in words only; TLS 1.3 reports a refused client certificate at the first read.</summary>
    public static (SslStream? Stream, TlsFault Fault, string? Evidence) Classify(Exception exception, bool hasIdentity)
    {
        var text = string.Join(" / ", Chain(exception).Select(e => e.Message));
        bool Says(string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
        var fault = exception switch
        {
            _ when Says("wrong version number") || Says("packet length too long") || Says("unexpected message") || Says("http request") || Says("cannot determine the frame size") => TlsFault.NotTls,
            _ when Says("certificate required") => TlsFault.IdentityMissing,
            _ when Says("bad certificate") || Says("certificate unknown") || Says("unknown ca") || Says("certificate revoked") || Says("certificate expired") || Says("access denied")
                => hasIdentity ? TlsFault.IdentityRefused : TlsFault.IdentityMissing,
            _ when Says("handshake failure") || Says("protocol version") || Says("unsupported protocol") || Says("insufficient security") || Says("no shared cipher") || Says("no ciphers available")
                => TlsFault.TooWeak,
            _ when Chain(exception).OfType<SocketException>().Any(s => s.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown) => TlsFault.Reset,
            _ when Says("unexpected EOF") || Says("0 bytes from the transport") || Says("eof") => TlsFault.Closed,
            _ => TlsFault.Failed,
        };
        return (null, fault, text);
    }

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }

    private static string Name(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls12 => "TLS 1.2",
        SslProtocols.Tls13 => "TLS 1.3",
        _ => protocol.ToString(),
    };
}
