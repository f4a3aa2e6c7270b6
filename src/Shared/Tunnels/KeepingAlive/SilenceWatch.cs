namespace Culvert.Tunnels;

/// <summary>Watches one session's silences and tells the learner what they did. A silence is judged when something is sent after it: an answer shows that the way survived, an end that it was cut.</summary>
public sealed class SilenceWatch(IKeepAliveAdvice advice, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private long _lastActivity = clock.GetTimestamp();
    private TimeSpan? _asked;
    private bool _ended;

    /// <summary>Something was sent.</summary>
    public void Sent()
    {
        lock (_gate)
        {
            var silence = clock.GetElapsedTime(_lastActivity);
            // What is sent while an answer is awaited says nothing new.
            _asked ??= silence;
            _lastActivity = clock.GetTimestamp();
        }
    }

    /// <summary>Something came.</summary>
    public void Received()
    {
        TimeSpan survived;
        lock (_gate)
        {
            var silence = clock.GetElapsedTime(_lastActivity);
            // What the far side sends by itself after a silence shows the same.
            survived = _asked ?? silence;
            (_asked, _lastActivity) = (null, clock.GetTimestamp());
        }

        advice.Survived(survived);
    }

    /// <summary>The session was lost. Counts once.</summary>
    /// <returns>The silence after which it was cut, where that is the likely cause (<see cref="Cause.IdleCut"/>); null otherwise.</returns>
    public TimeSpan? Lost()
    {
        TimeSpan silence;
        lock (_gate)
        {
            if (_ended)
            {
                return null;
            }

            _ended = true;
            // Asked and not answered: the silence before the question is what counts, not the wait for the answer.
            silence = _asked ?? clock.GetElapsedTime(_lastActivity);
        }

        return advice.Cut(silence) ? silence : null;
    }
}
