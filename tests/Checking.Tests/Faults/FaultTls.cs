using System.Net.Security;
using System.Security.Authentication;
using Culvert.Cli;

namespace Culvert.Checking.Tests.Faults;

/// <summary>Puts TLS around a proxy.</summary>
internal static class FaultTls
{
    /// <summary>A proxy that opens to itself: it ends TLS with a certificate of its own.</summary>
    public static FaultProxy.Treat Answers(CloudFake how) => async (stream, token) =>
    {
        if (await Wire.ReadHeadAsync(stream, token) is not null)
        {
            await Wire.WriteAsync(stream, "HTTP/1.1 200 OK\r\n\r\n", token);
            await how.TreatAsync(stream, token);
        }
    };

    public static FaultProxy.Treat Wrap(CloudFake how, FaultProxy.Treat inner) => async (stream, token) =>
    {
        var tls = new SslStream(stream);
        await using (tls)
        {
            var options = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = how.Certificate,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ClientCertificateRequired = how.AsksForIdentity,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => !how.AsksForIdentity || certificate is not null,
            };
            if (how.Suites is not null && OperatingSystem.IsLinux())
            {
                options.CipherSuitesPolicy = new CipherSuitesPolicy(how.Suites);
            }

            await tls.AuthenticateAsServerAsync(options, token);

            // The proxy's treatment is written for a socket: a pair of them stands between.
            using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
            listener.Start();
            using var near = new System.Net.Sockets.TcpClient();
            var accepting = listener.AcceptTcpClientAsync(token);
            await near.ConnectAsync((System.Net.IPEndPoint)listener.LocalEndpoint, token);
            using var far = await accepting;
            var treating = inner(far.GetStream(), token);
            await Wire.RelayAsync(tls, near.GetStream(), token);
            far.Close();
            await treating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    };
}
