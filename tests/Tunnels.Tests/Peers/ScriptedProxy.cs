using System.Collections.Concurrent;
using System.Text;

namespace Culvert.Tunnels.Tests;

/// <summary>A proxy that answers each request with what the script says, and closes where the script says so.</summary>
internal sealed class ScriptedProxy : IAsyncDisposable
{
    private readonly Peer _peer;

    public ScriptedProxy(Func<string, (string Answer, bool Close)> script)
    {
        Peer? peer = null;
        _peer = peer = new Peer(async (stream, end) =>
        {
            while (await peer!.ReadRequestAsync(stream, end) is { } request)
            {
                var (answer, close) = script(request);
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), end);
                if (close)
                {
                    return;
                }
            }
        });
    }

    public HostPort Address => _peer.Address;

    public int Accepted => _peer.Accepted;

    public ConcurrentQueue<string> Requests => _peer.Requests;

    public ValueTask DisposeAsync() => _peer.DisposeAsync();
}
