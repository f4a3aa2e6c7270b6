using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Uplink.Tests;

/// <summary>The hub's side of MQTT 3.1.1, by hand, so that it can do what no well-kept broker does: refuse for hours, keep back acknowledgements, hang up in the middle.</summary>
internal sealed class ScriptedHub : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Stream, SemaphoreSlim> _open = new();
    private int _connects;

    public ScriptedHub()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(16);
        _ = AcceptAsync();
    }

    public sealed record Publication(string Topic, byte[] Payload, int Quality);

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>CONNACK's return code for the n-th CONNECT (MQTT 3.1.1, table 3.1); n begins at 1.</summary>
    public Func<int, byte> ConnectCode { get; set; } = _ => 0;

    /// <summary>What to do with a QoS 1 message: acknowledge it, keep silent, or hang up.</summary>
    public Func<Publication, HubReply> Reply { get; set; } = _ => HubReply.Acknowledge;

    /// <summary>The twin's answer.</summary>
    public string Twin { get; set; } = """{"desired":{"$version":1},"reported":{"$version":1}}""";

    /// <summary>Status of the answer to a request for the twin; 0 keeps silent.</summary>
    public int TwinStatus { get; set; } = 200;

    public int Connects => Volatile.Read(ref _connects);

    public int Open => _open.Count;

    public ConcurrentQueue<string?> Passwords { get; } = new();

    public ConcurrentQueue<string> UserNames { get; } = new();

    public ConcurrentQueue<Publication> Published { get; } = new();

    public IEnumerable<Publication> Records => Published.Where(p => p.Topic.Contains("/messages/events/", StringComparison.Ordinal));

    public IEnumerable<Publication> Reports => Published.Where(p => p.Topic.StartsWith("$iothub/twin/PATCH/properties/reported/", StringComparison.Ordinal));

    public async Task SendAsync(string topic, string payload)
    {
        foreach (var stream in _open.Keys)
        {
            await WriteAsync(stream, Publish(topic, Encoding.UTF8.GetBytes(payload)));
        }
    }

    public void HangUp()
    {
        foreach (var stream in _open.Keys)
        {
            stream.Dispose();
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        HangUp();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(new NetworkStream(await _listener.AcceptAsync(_end.Token), ownsSocket: true));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Stream stream)
    {
        _open[stream] = new SemaphoreSlim(1);
        try
        {
            while (await ReadPacketAsync(stream) is var (header, body) && await HandleAsync(stream, header, body))
            {
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The other side, or the test, hung up.
        }
        finally
        {
            _open.TryRemove(stream, out _);
            await stream.DisposeAsync();
        }
    }

    private async Task<(byte Header, byte[] Body)?> ReadPacketAsync(Stream stream)
    {
        var one = new byte[1];
        await stream.ReadExactlyAsync(one, _end.Token);
        var header = one[0];
        var (length, shift) = (0, 0);
        do
        {
            await stream.ReadExactlyAsync(one, _end.Token);
            length |= (one[0] & 0x7f) << shift;
            shift += 7;
        }
        while ((one[0] & 0x80) != 0);
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, _end.Token);
        return (header, body);
    }

    private async Task<bool> HandleAsync(Stream stream, byte header, byte[] body)
    {
        switch (header >> 4)
        {
            case 1:
                ReadConnect(body);
                var code = ConnectCode(Interlocked.Increment(ref _connects));
                await WriteAsync(stream, [0x20, 2, 0, code]);
                return code == 0;
            case 3:
                return await TakePublishAsync(stream, header, body);
            case 8:
                var granted = CountFilters(body);
                await WriteAsync(stream, [0x90, (byte)(2 + granted), body[0], body[1], .. new byte[granted]]);
                return true;
            case 12:
                await WriteAsync(stream, [0xd0, 0]);
                return true;
            default:
                return header >> 4 != 14;
        }
    }

    private async Task<bool> TakePublishAsync(Stream stream, byte header, byte[] body)
    {
        var quality = (header >> 1) & 3;
        var topicLength = BinaryPrimitives.ReadUInt16BigEndian(body);
        var topic = Encoding.UTF8.GetString(body, 2, topicLength);
        var after = 2 + topicLength;
        var id = body.AsMemory(after, quality > 0 ? 2 : 0);
        var message = new Publication(topic, body[(after + id.Length)..], quality);
        var reply = quality > 0 ? Reply(message) : HubReply.Acknowledge;
        Published.Enqueue(message);
        if (quality > 0 && reply == HubReply.Acknowledge)
        {
            await WriteAsync(stream, [0x40, 2, .. id.Span]);
        }

        var request = topic[(topic.IndexOf("$rid=", StringComparison.Ordinal) + 5)..];
        if (topic.StartsWith("$iothub/twin/GET/", StringComparison.Ordinal) && TwinStatus > 0)
        {
            await WriteAsync(stream, Publish($"$iothub/twin/res/{TwinStatus}/?$rid={request}", Encoding.UTF8.GetBytes(Twin)));
        }
        else if (topic.StartsWith("$iothub/twin/PATCH/properties/reported/", StringComparison.Ordinal))
        {
            await WriteAsync(stream, Publish($"$iothub/twin/res/204/?$rid={request}&$version=2", []));
        }

        return reply != HubReply.HangUp;
    }

    private void ReadConnect(byte[] body)
    {
        // Protocol name, level, flags, keep-alive; then client id, user name, password by the flags (no will).
        var flags = body[7];
        var at = 10;
        string Next()
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(at));
            var text = Encoding.UTF8.GetString(body, at + 2, length);
            at += 2 + length;
            return text;
        }

        _ = Next();
        UserNames.Enqueue((flags & 0x80) != 0 ? Next() : "");
        Passwords.Enqueue((flags & 0x40) != 0 ? Next() : null);
    }

    private static int CountFilters(byte[] body)
    {
        var count = 0;
        for (var at = 2; at < body.Length; count++)
        {
            at += 3 + BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(at));
        }

        return count;
    }

    private static byte[] Publish(string topic, byte[] payload)
    {
        var name = Encoding.UTF8.GetBytes(topic);
        var length = 2 + name.Length + payload.Length;
        var packet = new List<byte> { 0x30 };
        do
        {
            packet.Add((byte)((length & 0x7f) | (length > 0x7f ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        packet.Add((byte)(name.Length >> 8));
        packet.Add((byte)name.Length);
        return [.. packet, .. name, .. payload];
    }

    private async Task WriteAsync(Stream stream, byte[] packet)
    {
        if (!_open.TryGetValue(stream, out var one))
        {
            return;
        }

        await one.WaitAsync();
        try
        {
            await stream.WriteAsync(packet, _end.Token);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Hung up.
        }
        finally
        {
            one.Release();
        }
    }
}

internal enum HubReply
{
    Acknowledge,
    Silent,
    HangUp,
}
