using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Tunnels.Tests;

/// <summary>A SOCKS 5 server (RFC 1928, RFC 1929), with or without credentials, or with a refusal instead of a connection.</summary>
internal sealed class GoodSocks : IAsyncDisposable
{
    private readonly Peer _peer;

    public GoodSocks(string? user = null, string? password = null, byte reply = 0, HostPort? always = null)
    {
        _peer = new Peer(async (stream, end) =>
        {
            var head = await ReadAsync(stream, 2, end);
            var methods = await ReadAsync(stream, head[1], end);
            byte method = user is null ? (byte)0 : (byte)2;
            if (!methods.Contains(method))
            {
                await stream.WriteAsync((byte[])[5, 0xff], end);
                return;
            }

            await stream.WriteAsync((byte[])[5, method], end);
            if (user is not null && !await IsKnownAsync(stream, user, password!, end))
            {
                return;
            }

            var request = await ReadAsync(stream, 4, end);
            var host = request[3] switch
            {
                1 => new IPAddress(await ReadAsync(stream, 4, end)).ToString(),
                4 => new IPAddress(await ReadAsync(stream, 16, end)).ToString(),
                _ => Encoding.ASCII.GetString(await ReadAsync(stream, (await ReadAsync(stream, 1, end))[0], end)),
            };
            var port = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(stream, 2, end));
            Targets.Enqueue($"{request[3]} {host}:{port}");
            await stream.WriteAsync((byte[])[5, reply, 0, 1, 0, 0, 0, 0, 0, 0], end);
            if (reply != 0)
            {
                return;
            }

            using var client = new TcpClient();
            await client.ConnectAsync(always?.Host ?? host, always?.Port ?? port, end);
            await using var far = client.GetStream();
            await Task.WhenAny(stream.CopyToAsync(far, end), far.CopyToAsync(stream, end));
        });
    }

    public HostPort Address => _peer.Address;

    /// <summary>Kind of address, host and port of each request.</summary>
    public ConcurrentQueue<string> Targets { get; } = new();

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    private static async Task<bool> IsKnownAsync(Stream stream, string user, string password, CancellationToken end)
    {
        var name = Encoding.UTF8.GetString(await ReadAsync(stream, (await ReadAsync(stream, 2, end))[1], end));
        var word = Encoding.UTF8.GetString(await ReadAsync(stream, (await ReadAsync(stream, 1, end))[0], end));
        var known = name == user && word == password;
        await stream.WriteAsync((byte[])[1, known ? (byte)0 : (byte)1], end);
        return known;
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int count, CancellationToken end)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, end);
        return bytes;
    }
}
