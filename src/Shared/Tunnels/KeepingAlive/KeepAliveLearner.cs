namespace Culvert.Tunnels;

/// <summary>
/// Learns the shortest idle timeout of each way (a route) and advises an interval below it. One session that ends in silence may have many reasons; two that
/// end after about the same silence have one. What was learned is kept in a file, so that a restart need not lose sessions to learn it again.
/// </summary>
public sealed class KeepAliveLearner : IKeepAliveAdvice
{
    // Two silences are of about the same length within this part of the longer one.
    private const double Alike = 0.3;

    private readonly Lock _gate = new();
    private readonly KeepAliveOptions _options;
    private readonly TimeProvider _clock;
    private readonly Func<string?> _way;
    private readonly KeepAliveFile? _file;
    private readonly Dictionary<string, IdleTimeout> _known;
    private readonly Dictionary<string, TimeSpan> _suspects = [];

    /// <summary>Makes a learner.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="clock">The time.</param>
    /// <param name="way">Tells which way is in use now, by its route's name; null while there is none.</param>
    /// <param name="file">Where to keep what was learned; null keeps it in memory. A file that cannot be read counts as empty.</param>
    public KeepAliveLearner(KeepAliveOptions options, TimeProvider clock, Func<string?> way, string? file = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(way);
        (_options, _clock, _way) = (options, clock, way);
        _file = file is null ? null : new KeepAliveFile(file);
        _known = _file?.Read() ?? [];
    }

    /// <inheritdoc/>
    public TimeSpan Interval
    {
        get
        {
            lock (_gate)
            {
                return IntervalOf(Way);
            }
        }
    }

    private string Way => _way() ?? "";

    /// <summary>The shortest silence after which a way was cut; null where none is known.</summary>
    public TimeSpan? ShortestCut(string way)
    {
        lock (_gate)
        {
            return _known.TryGetValue(way, out var known) ? known.ShortestCut : null;
        }
    }

    /// <inheritdoc/>
    public void Survived(TimeSpan silence)
    {
        lock (_gate)
        {
            var way = Way;
            if (_suspects.TryGetValue(way, out var suspect) && silence >= suspect)
            {
                _suspects.Remove(way);
            }

            if (_known.TryGetValue(way, out var known) && silence >= known.ShortestCut)
            {
                // The way is not what it was.
                _known.Remove(way);
                _file?.Write(_known);
            }
        }
    }

    /// <inheritdoc/>
    public bool Cut(TimeSpan silence)
    {
        lock (_gate)
        {
            var way = Way;
            if (silence < _options.Shortest)
            {
                // Too much was going on for an idle timeout to be the reason.
                return false;
            }

            var alike = (_suspects.TryGetValue(way, out var suspect) && IsAlike(suspect, silence))
                || (_known.TryGetValue(way, out var known) && IsAlike(known.ShortestCut, silence));
            if (!alike)
            {
                if (_suspects.Count < KeepAliveFile.MaxWays || _suspects.ContainsKey(way))
                {
                    _suspects[way] = silence;
                }

                return false;
            }

            var shortest = suspect > TimeSpan.Zero && suspect < silence ? suspect : silence;
            if (_known.TryGetValue(way, out var before) && before.ShortestCut < shortest)
            {
                shortest = before.ShortestCut;
            }

            _suspects.Remove(way);
            if (_known.Count < KeepAliveFile.MaxWays || _known.ContainsKey(way))
            {
                _known[way] = new IdleTimeout(shortest, _clock.GetUtcNow());
                _file?.Write(_known);
            }

            return true;
        }
    }

    private static bool IsAlike(TimeSpan a, TimeSpan b) => (a - b).Duration() <= (a > b ? a : b) * Alike;

    private TimeSpan IntervalOf(string way)
    {
        if (!_known.TryGetValue(way, out var known))
        {
            return _options.Usual;
        }

        // Each time it is doubted a longer silence is tried; where the cut is still there, it is seen again and the doubt is over.
        var doubts = Math.Max(0, Math.Min(8, (int)((_clock.GetUtcNow() - known.SeenAt) / _options.DoubtAfter)));
        var interval = known.ShortestCut * _options.Margin * Math.Pow(1.5, doubts);
        return interval < _options.Shortest ? _options.Shortest : interval > _options.Usual ? _options.Usual : interval;
    }
}
