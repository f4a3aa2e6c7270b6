using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using Culvert.Cli;

namespace Culvert.Checking.Tests.Faults;

/// <summary>A small cloud endpoint: TLS, an answer to any request, and the WebSocket upgrade of the hub; with faults where told.</summary>
internal sealed record CloudFake(SslStreamCertificateContext Certificate)
{
    public TimeSpan ClockOffset { get; init; }

    public string Upgrade { get; init; } = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";

    /// <summary>The return code of CONNACK, by which it takes or refuses the identity; null says nothing in the WebSocket.</summary>
    public byte? SessionCode { get; init; }

    public string Status { get; init; } = "404 Not Found";

    public bool SilentAfterTls { get; init; }

    /// <summary>Requests longer than this are never answered.</summary>
    public int SwallowsAbove { get; init; } = int.MaxValue;

    /// <summary>Whether it answers 408 in place of what it swallowed, as servers do after some seconds.</summary>
    public bool GivesUp { get; init; }

    public bool AsksForIdentity { get; init; }

    public IReadOnlyList<TlsCipherSuite>? Suites { get; init; }

    /// <summary>After so much silence nothing is answered any more.</summary>
    public TimeSpan? DeafAfter { get; init; }

    public LoopbackServer Start() => new(TreatAsync);

    public async Task TreatAsync(System.Net.Sockets.NetworkStream stream, CancellationToken token)
    {
        await using var tls = new SslStream(stream);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = Certificate,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = AsksForIdentity,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => !AsksForIdentity || certificate is not null,
        };
        if (Suites is not null && OperatingSystem.IsLinux())
        {
            options.CipherSuitesPolicy = new CipherSuitesPolicy(Suites);
        }

        await tls.AuthenticateAsServerAsync(options, token);
        if (SilentAfterTls)
        {
            await Wire.SilenceAsync(tls, token);
            return;
        }

        var started = TimeProvider.System.GetTimestamp();
        var head = await Wire.ReadHeadAsync(tls, token);
        if (head is null)
        {
            return;
        }

        if (head.Length > SwallowsAbove && GivesUp)
        {
            await Wire.WriteAsync(tls, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", token);
            await tls.ShutdownAsync();
            return;
        }

        if (head.Length > SwallowsAbove || TimeProvider.System.GetElapsedTime(started) > (DeafAfter ?? TimeSpan.MaxValue))
        {
            await Wire.SilenceAsync(tls, token);
            return;
        }

        if (head.Contains("Upgrade: websocket", StringComparison.Ordinal))
        {
            await Wire.WriteAsync(tls, Upgrade, token);
            if (SessionCode is { } code && await tls.ReadAsync(new byte[1024], token) > 0)
            {
                await tls.WriteAsync(new byte[] { 0x82, 4, 0x20, 2, 0, code }, token);
            }

            await Wire.SilenceAsync(tls, token);
            return;
        }

        var date = (TimeProvider.System.GetUtcNow() + ClockOffset).ToString("r", CultureInfo.InvariantCulture);
        await Wire.WriteAsync(tls, $"HTTP/1.1 {Status}\r\nDate: {date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", token);
        await tls.ShutdownAsync();
    }
}
