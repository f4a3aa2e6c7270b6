using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Lab;

/// <summary>Terminates TLS in place of the cloud, with certificates of its own making for whatever name is asked, as an inspecting firewall does; or with the cloud's own, expired.</summary>
internal sealed class TlsInspector : IFaultServer
{
    private readonly Socket _listener;
    private readonly X509Certificate2 _authority;
    private readonly CloudAuthority? _expired;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private TlsInspector(Socket listener, CloudAuthority? expired, TimeProvider clock)
    {
        (_listener, _expired, _clock) = (listener, expired, clock);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Example Inspection CA, O=Example Firewalls", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(clock.GetUtcNow().AddDays(-30), clock.GetUtcNow().AddDays(30));
        _running = AcceptAsync(_stop.Token);
    }

    /// <inheritdoc/>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Listens on a host, at a port of the kernel's choice.</summary>
    /// <param name="host">The host in whose place it answers.</param>
    /// <param name="expired">Null for an inspector; the cloud's own CA where it plays the cloud with a certificate whose time is over. It is disposed with this.</param>
    /// <param name="clock">The time.</param>
    public static async Task<TlsInspector> StartAsync(string host, CloudAuthority? expired, TimeProvider clock) => new(
        await HostNamespace.RunAsync(host, () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, 0));
            socket.Listen(64);
            return socket;
        }),
        expired, clock);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _running;
        _authority.Dispose();
        _expired?.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync(cancellationToken), cancellationToken);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsServerAsync((_, hello, _, _) => ValueTask.FromResult(Options(hello.ServerName)), null, cancellationToken);
            _ = await tls.ReadAsync(new byte[4096], cancellationToken);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException or SocketException)
        {
            // The client saw through it.
        }
    }

    private SslServerAuthenticationOptions Options(string name) => new()
    {
        ServerCertificateContext = _expired is { } cloud
            ? SslStreamCertificateContext.Create(cloud.Expired(name.Length > 0 ? name : "unknown.invalid"), [cloud.Issuing], offline: true)
            : SslStreamCertificateContext.Create(Forge(name), null, offline: true),
    };

    private X509Certificate2 Forge(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=forged", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name.Length > 0 ? name : "unknown.invalid");
        request.CertificateExtensions.Add(names.Build());
        var now = _clock.GetUtcNow();
        using var certificate = request.Create(_authority, now.AddDays(-1), now.AddDays(20), RandomNumberGenerator.GetBytes(12));
        using var withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
