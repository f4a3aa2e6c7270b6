using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Lab;

/// <summary>The client of a proxy that misbehaves, with TLS where the hop has it.</summary>
internal sealed class BadClient(Socket socket) : IAsyncDisposable
{
    private readonly Socket _socket = socket;
    private bool _resets;

    /// <summary>What is said to it and heard from it.</summary>
    public Stream Stream { get; private set; } = new NetworkStream(socket, ownsSocket: true);

    /// <summary>Shows it a certificate and speaks TLS from now on.</summary>
    public async Task SecureAsync(X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        var tls = new SslStream(Stream);
        Stream = tls;
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) }, cancellationToken);
    }

    /// <summary>Lets its connection end with RST (tcp(7), SO_LINGER with no time).</summary>
    public void ResetAtEnd() => _resets = true;

    /// <summary>Says that nothing more comes, and still listens.</summary>
    public async Task EndAsync()
    {
        if (Stream is SslStream tls)
        {
            await tls.ShutdownAsync();
        }

        _socket.Shutdown(SocketShutdown.Send);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_resets)
        {
            // Before the stream does: that would say good-bye in order first.
            _socket.LingerState = new LingerOption(true, 0);
            _socket.Dispose();
        }

        try
        {
            await Stream.DisposeAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            // It is gone already.
        }
    }
}
