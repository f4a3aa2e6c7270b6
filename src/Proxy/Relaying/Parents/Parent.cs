namespace Culvert.Relaying;

/// <summary>A parent and its health. Only what concerns the hop itself counts: what a destination does behind it never marks it down.</summary>
internal sealed class Parent(ParentSettings settings)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private int _failures;
    private DateTimeOffset _restUntil;
    private string? _fault;
    private bool _probing;

    public ParentSettings Settings { get; } = settings;

    public Route Route { get; } = new() { Name = settings.Hop.Name, Hops = [settings.Hop with { Reach = HopReach.Nested }] };

    /// <summary>The way that a probe takes: its name has no address, so the parent is asked for the name whoever resolves otherwise.</summary>
    public Route ProbeRoute { get; } = new() { Name = settings.Hop.Name, Hops = [settings.Hop with { Reach = HopReach.Nested, Names = NameResolution.ByHop }] };

    /// <summary>Why it is down; null when it is up.</summary>
    public string? Fault
    {
        get
        {
            lock (_gate)
            {
                return _fault;
            }
        }
    }

    public void Worked()
    {
        if (_fault is null && _failures == 0)
        {
            return;
        }

        lock (_gate)
        {
            (_failures, _fault) = (0, null);
        }
    }

    public void Failed(string fault, DateTimeOffset now, Random random)
    {
        lock (_gate)
        {
            var rest = FirstRest * Math.Pow(2, Math.Min(_failures, 10));
            rest = rest < LongestRest ? rest : LongestRest;
            (_failures, _fault, _restUntil) = (_failures + 1, fault, now + (rest * (0.5 + (random.NextDouble() / 2))));
        }
    }

    /// <summary>Whether a probe should run now; the caller then ends it with <see cref="EndProbe"/>.</summary>
    public bool BeginProbe(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_probing || (_fault is not null && now < _restUntil))
            {
                return false;
            }

            return _probing = true;
        }
    }

    public void EndProbe()
    {
        lock (_gate)
        {
            _probing = false;
        }
    }
}
