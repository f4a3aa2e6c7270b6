using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Lab;

/// <summary>Opens and carries tunnels for a proxy that misbehaves and yet works, from the network of the host in whose place it answers.</summary>
/// <param name="host">The host.</param>
/// <param name="addresses">The addresses of a name of the site; none where it is unknown.</param>
internal sealed class BadTunnel(string host, Func<string, IReadOnlyList<IPAddress>> addresses)
{
    private const int ChunkBytes = 16 * 1024;

    /// <summary>Dials what a CONNECT asks for and moves bytes until one side ends or so many have passed; then the client is reset.</summary>
    /// <param name="client">Who asks; the caller disposes it.</param>
    /// <param name="head">What was read from it: the request and perhaps the first bytes of the tunnel.</param>
    /// <param name="fields">Header fields for the answer, each with its end of line; may be empty.</param>
    /// <param name="most">Bytes until the reset, both ways together.</param>
    /// <param name="cancellationToken">Ends the tunnel.</param>
    public async Task CarryAsync(BadClient client, string head, string fields, long most, CancellationToken cancellationToken)
    {
        if (Destination(head) is not { } to)
        {
            await client.Stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), cancellationToken);
            return;
        }

        using var server = await HostNamespace.RunAsync(host, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await server.ConnectAsync(to, cancellationToken);
        await using var beyond = new NetworkStream(server, ownsSocket: false);
        await client.Stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 Connection established\r\n{fields}\r\n"), cancellationToken);
        var early = head[(head.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        if (early.Length > 0)
        {
            await server.SendAsync(Encoding.Latin1.GetBytes(early), cancellationToken);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var passed = new Passed { Most = most };
        var (up, down) = (MoveAsync(client.Stream, beyond, () => EndAsync(server), passed, over.Token), MoveAsync(beyond, client.Stream, client.EndAsync, passed, over.Token));
        await (await Task.WhenAny(up, down));
        if (!passed.IsOver)
        {
            // One side has said all it has to say; the other may still speak.
            await Task.WhenAll(up, down);
        }

        await over.CancelAsync();
        if (passed.IsOver)
        {
            client.ResetAtEnd();
        }
    }

    private IPEndPoint? Destination(string head)
    {
        var words = head.Split(' ', 3);
        if (words.Length < 3 || words[0] != "CONNECT" || words[1].LastIndexOf(':') is not (> 0 and var colon)
            || !ushort.TryParse(words[1][(colon + 1)..], CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        var name = words[1][..colon];
        return IPAddress.TryParse(name, out var address) ? new IPEndPoint(address, port)
            : addresses(name) is [var first, ..] ? new IPEndPoint(first, port) : null;
    }

    private static async Task MoveAsync(Stream from, Stream to, Func<Task> end, Passed passed, CancellationToken cancellationToken)
    {
        var buffer = new byte[ChunkBytes];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (passed.Add(read))
            {
                return;
            }
        }

        await end();
    }

    private static Task EndAsync(Socket socket)
    {
        socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }

    private sealed class Passed
    {
        private long _bytes;

        public required long Most { get; init; }

        public bool IsOver => Interlocked.Read(ref _bytes) >= Most;

        public bool Add(int bytes) => Interlocked.Add(ref _bytes, bytes) >= Most;
    }
}
