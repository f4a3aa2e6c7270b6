using System.Collections.Concurrent;
using System.Net;
using Culvert.Tunnels;

namespace Culvert.Relaying;

/// <summary>Remembers the addresses of names for some seconds, so that not every tunnel asks the resolver, and asks once for a name that many want. Only allowed names get here, so it stays small.</summary>
internal sealed class NameMemory(NameResolver resolver, TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BadFor = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    public ValueTask<(IReadOnlyList<IPAddress> Addresses, Cause Cause, string? Evidence)> ResolveAsync(string host)
    {
        if (_known.TryGetValue(host, out var known))
        {
            var answer = known.Answer;
            if (!answer.IsCompletedSuccessfully)
            {
                return new(answer);
            }

            var good = answer.Result.Cause == Cause.None;
            if (clock.GetElapsedTime(known.AskedAt) < (good ? GoodFor : BadFor))
            {
                return new(answer.Result);
            }
        }

        var fresh = new Known(clock.GetTimestamp(), AskAsync(host));
        _known[host] = fresh;
        return new(fresh.Answer);
    }

    /// <summary>Forgets a name's addresses: nobody answered there, and the resolver may know better by now.</summary>
    /// <remarks>What was asked just now stays, so that a destination that is down does not become a load for the resolver.</remarks>
    public void Forget(string host)
    {
        if (_known.TryGetValue(host, out var known) && clock.GetElapsedTime(known.AskedAt) >= BadFor)
        {
            _known.TryRemove(KeyValuePair.Create(host, known));
        }
    }

    // It has the resolver's own deadline; one client that leaves must not end it for the others.
    private Task<(IReadOnlyList<IPAddress> Addresses, Cause Cause, string? Evidence)> AskAsync(string host) =>
        resolver.ResolveAsync(host, CancellationToken.None).AsTask();

    private sealed record Known(long AskedAt, Task<(IReadOnlyList<IPAddress> Addresses, Cause Cause, string? Evidence)> Answer);
}
