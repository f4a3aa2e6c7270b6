using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace Culvert.Uplink;

/// <summary>MQTT's bytes in a WebSocket (MQTT 3.1.1, section 6) that is opened through the tunnels.</summary>
internal sealed class WebSocketChannel(CloudAccess access) : IMqttChannel
{
    private ClientWebSocket? _socket;

    public X509Certificate2? ClientCertificate => null;

    public EndPoint? RemoteEndPoint => null;

    public EndPoint? LocalEndPoint => null;

    public bool IsSecureConnection => true;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _socket = new ClientWebSocket();
        _socket.Options.AddSubProtocol("mqtt");
        _socket.Options.HttpVersion = HttpVersion.Version11;
        // The ping of the WebSocket keeps nothing alive that MQTT's own does not, and IoT Hub does not answer it.
        _socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        // The path has a dollar sign: IoT Hub wants it as it stands.
        await _socket.ConnectAsync(new Uri($"wss://{access[CloudService.IotHub].Address}/$iothub/websocket"), access.Invoker(CloudService.IotHub), cancellationToken);
    }

    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        if (_socket is { State: WebSocketState.Open or WebSocketState.CloseReceived } socket)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
    }

    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        var read = await _socket!.ReceiveAsync(buffer.AsMemory(offset, count), cancellationToken);
        return read.MessageType == WebSocketMessageType.Close ? 0 : read.Count;
    }

    public async Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        foreach (var segment in buffer)
        {
            if (segment.Length > 0)
            {
                // MQTT does not care for the borders of messages (section 6.0, MQTT-6.0.0-3), but some gateways want whole packets in one message.
                await _socket!.SendAsync(segment, WebSocketMessageType.Binary, endOfMessage: false, cancellationToken);
            }
        }

        if (isEndOfPacket)
        {
            await _socket!.SendAsync(ReadOnlyMemory<byte>.Empty, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
    }

    public void Dispose() => _socket?.Dispose();
}
