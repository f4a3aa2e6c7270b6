using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Lab;

/// <summary>A resolver of the lab: answers for the site's names, and can be made to lie or to be silent.</summary>
/// <remarks>RFC 1035 over UDP and TCP; addresses (A) only. It reads a question's bytes with care, for a faulty host may send anything.</remarks>
internal sealed class NameServer : IAsyncDisposable
{
    private const int HeaderLength = 12;
    private const ushort TypeA = 1;
    private static readonly TimeSpan TcpLimit = TimeSpan.FromSeconds(5);
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private NameServer(Socket udp, Socket tcp, TimeProvider clock)
    {
        (_udp, _tcp, _clock) = (udp, tcp, clock);
        _running = Task.WhenAll(ServeUdpAsync(_stop.Token), ServeTcpAsync(_stop.Token));
    }

    /// <summary>The names and their addresses.</summary>
    public ConcurrentDictionary<string, IReadOnlyList<IPAddress>> Names { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What it answers instead, when it lies.</summary>
    public IPAddress? Lie { get; set; }

    /// <summary>Whether it answers that nothing exists.</summary>
    public bool KnowsNothing { get; set; }

    /// <summary>Whether it answers nothing at all.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Starts one at an address of a host.</summary>
    public static async Task<NameServer> StartAsync(string host, IPAddress address, TimeProvider clock)
    {
        var (udp, tcp) = await HostNamespace.RunAsync(host, () =>
        {
            var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            datagrams.Bind(new IPEndPoint(address, 53));
            var connections = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            connections.Bind(new IPEndPoint(address, 53));
            connections.Listen(64);
            return (datagrams, connections);
        });
        return new NameServer(udp, tcp, clock);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await _running;
        _stop.Dispose();
    }

    /// <summary>The answer to a question; null when it is none.</summary>
    internal byte[]? Answer(ReadOnlySpan<byte> question)
    {
        // A query with one question; answers and other kinds of queries are not for us.
        if (question.Length < HeaderLength || (question[2] & 0xF8) != 0 || BinaryPrimitives.ReadUInt16BigEndian(question[4..]) != 1
            || ReadName(question[HeaderLength..]) is not var (name, length) || question.Length < HeaderLength + length + 4)
        {
            return null;
        }

        var end = HeaderLength + length + 4;
        var type = BinaryPrimitives.ReadUInt16BigEndian(question[(HeaderLength + length)..]);
        IReadOnlyList<IPAddress> known = [];
        var isKnown = !KnowsNothing && Names.TryGetValue(name, out known!);
        var addresses = !isKnown || type != TypeA ? [] : Lie is { } lie ? [lie] : known;
        var answer = new byte[end + (addresses.Count * 16)];
        question[..end].CopyTo(answer);
        answer[2] = (byte)(0x84 | (question[2] & 0x01)); // an answer, with authority; recursion desired as asked
        answer[3] = (byte)(0x80 | (isKnown ? 0 : 3)); // recursion available; 3: no such name
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(6), (ushort)addresses.Count);
        answer.AsSpan(8, 4).Clear();
        for (var i = 0; i < addresses.Count; i++)
        {
            // The name by reference to the question, type A, class IN, 5 s to live, 4 bytes.
            var record = answer.AsSpan(end + (i * 16));
            ((ReadOnlySpan<byte>)[0xC0, HeaderLength, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4]).CopyTo(record);
            addresses[i].GetAddressBytes().CopyTo(record[12..]);
        }

        return answer;
    }

    private static (string Name, int Length)? ReadName(ReadOnlySpan<byte> bytes)
    {
        var name = new StringBuilder();
        for (var at = 0; at < bytes.Length && at < 255;)
        {
            var label = bytes[at++];
            if (label == 0)
            {
                return (name.ToString(), at);
            }

            if (label > 63 || at + label > bytes.Length)
            {
                return null;
            }

            name.Append(name.Length > 0 ? "." : "").Append(Encoding.ASCII.GetString(bytes.Slice(at, label)));
            at += label;
        }

        return null;
    }

    private async Task ServeUdpAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), cancellationToken);
                if (!IsSilent && Answer(buffer.AsSpan(0, received.ReceivedBytes)) is { } answer)
                {
                    await _udp.SendToAsync(answer, received.RemoteEndPoint, cancellationToken);
                }
            }
            catch (SocketException) when (!cancellationToken.IsCancellationRequested)
            {
                // One asker's port was closed again (ICMP); the others are served.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeTcpAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _ = ServeTcpAsync(await _tcp.AcceptAsync(cancellationToken), cancellationToken);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeTcpAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(TcpLimit, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var length = new byte[2];
            await stream.ReadExactlyAsync(length, both.Token);
            var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(question, both.Token);
            if (!IsSilent && Answer(question) is { } answer)
            {
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                await stream.WriteAsync((byte[])[.. length, .. answer], both.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It asked nothing, or hung up.
        }
    }
}
