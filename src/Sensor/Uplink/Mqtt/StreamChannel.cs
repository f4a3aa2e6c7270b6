using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace Culvert.Uplink;

/// <summary>MQTT's bytes in TLS without a WebSocket (port 8883), in a tunnel.</summary>
internal sealed class StreamChannel(CloudAccess access) : IMqttChannel
{
    private Stream? _stream;

    public X509Certificate2? ClientCertificate => null;

    public EndPoint? RemoteEndPoint => null;

    public EndPoint? LocalEndPoint => null;

    public bool IsSecureConnection => true;

    public async Task ConnectAsync(CancellationToken cancellationToken) => _stream = await access.OpenTlsAsync(CloudService.IotHub, cancellationToken);

    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        if (_stream is { } stream)
        {
            await stream.DisposeAsync();
        }
    }

    public Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _stream!.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public async Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        foreach (var segment in buffer)
        {
            await _stream!.WriteAsync(segment, cancellationToken);
        }

        await _stream!.FlushAsync(cancellationToken);
    }

    public void Dispose() => _stream?.Dispose();
}
