namespace Culvert.Outbox;

/// <summary>Wakes all who wait for the next event of a kind.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends at the next <see cref="Fire"/>. Take it first, then look at the state, then wait: so no event is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>The event has come.</summary>
    public void Fire() => Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
