using System.Net.Sockets;
using System.Text.Json;

namespace Culvert.Lab;

/// <summary>Talks to the keeper of a lab through the socket in the lab's folder.</summary>
public static class KeeperClient
{
    /// <summary>Whether the keeper takes connections: its socket's file is there a moment before it listens.</summary>
    public static async Task<bool> AnswersAsync(LabFolder folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!File.Exists(folder.Control))
        {
            return false;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(folder.Control), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends a command, hands on each line, and gives the last answer. Throws <see cref="LabException"/> when the keeper is gone.</summary>
    public static async Task<KeeperReply> AskAsync(LabFolder folder, KeeperRequest request, Action<string> line, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(line);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(folder.Control), cancellationToken);
        }
        catch (SocketException e)
        {
            throw new LabException($"Lab {folder.Name} does not run.", e);
        }

        await using var stream = new NetworkStream(socket, ownsSocket: false);
        using var reader = new StreamReader(stream);
        await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(request, KeeperReply.Json), cancellationToken);
        await stream.WriteAsync("\n"u8.ToArray(), cancellationToken);
        try
        {
            while (await reader.ReadLineAsync(cancellationToken) is { } text)
            {
                var reply = JsonSerializer.Deserialize<KeeperReply>(text, KeeperReply.Json)!;
                if (reply.Line is { } said)
                {
                    line(said);
                }

                if (reply.Status is not null)
                {
                    return reply;
                }
            }
        }
        catch (IOException)
        {
            // Said below: it is gone.
        }

        throw new LabException($"The keeper of lab {folder.Name} ended before it was done; see {folder.Log}.");
    }
}
