using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Culvert.Storage;

/// <summary>Tells everybody who listens in this process that something changed. A slow listener loses the oldest changes, never holds up a writer.</summary>
public sealed class ChangeFeed
{
    // A listener that is this far behind reads the current state anyway.
    private const int MaxWaiting = 256;

    private readonly ConcurrentDictionary<Channel<Change>, byte> _listeners = new();

    /// <summary>Tells the listeners.</summary>
    /// <param name="change">What changed.</param>
    public void Publish(Change change)
    {
        foreach (var listener in _listeners.Keys)
        {
            listener.Writer.TryWrite(change);
        }
    }

    /// <summary>Tells the listeners.</summary>
    /// <param name="kind">What changed.</param>
    /// <param name="sensor">Of which sensor.</param>
    public void Publish(ChangeKind kind, string? sensor = null) => Publish(new Change(kind, sensor));

    /// <summary>Changes from the first call to MoveNext on, until cancelled.</summary>
    /// <param name="cancellationToken">Ends the listening.</param>
    public async IAsyncEnumerable<Change> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<Change>(new BoundedChannelOptions(MaxWaiting)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
            SingleReader = true,
        });
        _listeners.TryAdd(channel, 0);
        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return change;
            }
        }
        finally
        {
            _listeners.TryRemove(channel, out _);
        }
    }
}
