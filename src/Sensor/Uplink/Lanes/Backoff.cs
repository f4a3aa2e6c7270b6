namespace Culvert.Uplink;

/// <summary>How long to wait before the next attempt: doubling from half a second to one minute, drawn at random between half and all of it, so that many sensors do not come back at once.</summary>
/// <remarks>IoT Hub takes 100 new connections a second per unit: 100,000 sensors that all came back after the same second would shut each other out.</remarks>
internal sealed class Backoff(Random random, TimeSpan? first = null, TimeSpan? longest = null)
{
    private readonly TimeSpan _first = first ?? TimeSpan.FromMilliseconds(500);
    private readonly TimeSpan _longest = longest ?? TimeSpan.FromMinutes(1);
    private int _failures;

    /// <summary>It went well: begin anew.</summary>
    public void Reset() => _failures = 0;

    /// <summary>The time to wait after one more failure, and at least what the other side asks for.</summary>
    public TimeSpan Next(TimeSpan? atLeast = null)
    {
        var full = _first * Math.Pow(2, Math.Min(_failures++, 20));
        full = full < _longest ? full : _longest;
        double share;
        lock (random)
        {
            share = random.NextDouble();
        }

        var wait = full * (0.5 + (share / 2));
        // What the other side asks for is kept to, spread by up to a quarter so that not all come at the same instant.
        return atLeast is { } asked && asked > wait ? asked * (1 + (share / 4)) : wait;
    }
}
