using System.Net;
using System.Net.Sockets;

namespace Culvert.Lab;

/// <summary>Asks a resolver or time server from a host.</summary>
internal static class ServiceProbe
{
    // Any question will do: a resolver that answers "no such name" answers. Id 1, one question: "lab" A IN.
    private static readonly byte[] NameQuestion = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, (byte)'l', (byte)'a', (byte)'b', 0, 0, 1, 0, 1];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Whether it answered, asked three times at most.</summary>
    public static async Task<bool> AskAsync(string host, IPAddress server, int port, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var socket = await HostNamespace.RunAsync(host, () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            using var deadline = new CancellationTokenSource(Limit, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            try
            {
                await socket.SendToAsync(port == 53 ? NameQuestion : TimeServer.Question(), new IPEndPoint(server, port), both.Token);
                return await socket.ReceiveAsync(new byte[512], both.Token) > 0;
            }
            catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Once more.
            }
        }

        return false;
    }
}
