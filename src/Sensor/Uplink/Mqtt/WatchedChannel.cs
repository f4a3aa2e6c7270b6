using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Culvert.Tunnels;
using MQTTnet.Channel;

namespace Culvert.Uplink;

/// <summary>A channel whose silences are watched, so that idle timeouts on the way are learned.</summary>
internal sealed class WatchedChannel(IMqttChannel inner, SilenceWatch watch) : IMqttChannel
{
    public X509Certificate2? ClientCertificate => inner.ClientCertificate;

    public EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    public EndPoint? LocalEndPoint => inner.LocalEndPoint;

    public bool IsSecureConnection => inner.IsSecureConnection;

    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        var read = await inner.ReadAsync(buffer, offset, count, cancellationToken);
        if (read > 0)
        {
            watch.Received();
        }

        return read;
    }

    public Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        watch.Sent();
        return inner.WriteAsync(buffer, isEndOfPacket, cancellationToken);
    }

    public void Dispose() => inner.Dispose();
}
