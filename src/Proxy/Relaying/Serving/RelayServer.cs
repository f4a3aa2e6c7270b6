using System.Net;
using Microsoft.Extensions.Logging;

namespace Culvert.Relaying;

/// <summary>The proxy: listens, serves every connection, sweeps deadlines, drains.</summary>
public sealed class RelayServer : IAsyncDisposable
{
    private const int MaxRefusedConnections = 256;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CutWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly List<Session> _sessions = [];
    private readonly Dictionary<IPAddress, int> _perSource = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<IListener> _listeners = [];
    private readonly Random _random;
    private readonly ITimer _sweep;
    private readonly ITimer _probe;
    private readonly HealthCheck _health;
    private TaskCompletionSource? _empty;
    private int _strangers;
    private volatile RelayState _state;
    private volatile bool _draining;

    /// <summary>Makes a proxy; it listens after <see cref="Listen"/>.</summary>
    public RelayServer(RelaySettings settings, ILogger<RelayServer> logger, TimeProvider clock, Random random, RelayEngine engine)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(clock);
        (Logger, Clock, _random) = (logger, clock, random);
        Engine = engine;
        _state = NewState(settings);
        _health = new HealthCheck(this);
        _sweep = clock.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
        _probe = clock.CreateTimer(_ => _ = ProbeAsync(), null, TimeSpan.Zero, ProbeEvery);
    }

    /// <summary>The totals.</summary>
    public RelayCounters Counters { get; } = new();

    /// <summary>The settings in use.</summary>
    public RelaySettings Settings => _state.Policy.Settings;

    /// <summary>Whether the proxy takes no new tunnels any more.</summary>
    public bool IsDraining => _draining;

    /// <summary>The parents that are set, and why each is down; null for those that are up.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> ParentHealth =>
        [.. (_state.Parents?.Parents ?? []).Select(p => KeyValuePair.Create(p.Settings.Hop.Name, p.Fault))];

    internal ILogger Logger { get; }

    internal RelayEngine Engine { get; }

    internal TimeProvider Clock { get; }

    internal RelayState State => _state;

    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Starts to listen. Gives the address with the port that was taken.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is in use or not ours.</exception>
    public IPEndPoint Listen(ListenerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var listener = Engine.CreateListener(this, settings);
        lock (_gate)
        {
            _listeners.Add(listener);
        }

        return listener.Start();
    }

    /// <summary>Takes new settings for all requests that come from now on; open tunnels go on.</summary>
    public void Apply(RelaySettings settings) => _state = NewState(settings);

    /// <summary>Whether a tunnel could be opened now, to the cloud or to a healthy parent, and why not.</summary>
    public ValueTask<HealthReport> CheckHealthAsync(CancellationToken cancellationToken) => _health.CheckAsync(cancellationToken);

    /// <summary>Takes no new tunnels, waits for the open ones at most the drain time, then cuts those that are left.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        CloseListeners();
        Task empty;
        lock (_gate)
        {
            _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
            empty = _empty.Task;
            if (_sessions.Count == 0)
            {
                _empty.SetResult();
            }
        }

        var limit = Settings.Limits.DrainTimeout;
        RelayLog.Draining(Logger, Counters.Connections, limit.TotalSeconds);
        try
        {
            await empty.WaitAsync(limit, Clock, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Those that are left are cut below.
        }

        var left = Snapshot();
        await _stopping.CancelAsync();
        foreach (var session in left)
        {
            session.Cut(TunnelEnd.Drained);
        }

        RelayLog.Drained(Logger, left.Length);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _draining = true;
        CloseListeners();
        await _stopping.CancelAsync();
        await _sweep.DisposeAsync();
        await _probe.DisposeAsync();
        foreach (var session in Snapshot())
        {
            session.Cut(TunnelEnd.Drained);
        }

        Task empty;
        lock (_gate)
        {
            _empty ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            empty = _sessions.Count == 0 ? Task.CompletedTask : _empty.Task;
        }

        // The engine goes after us: its loops must still serve what ends now.
        await Task.WhenAny(empty, Task.Delay(CutWithin, Clock, CancellationToken.None));
    }

    /// <summary>Serves a connection that was accepted.</summary>
    internal void Serve(ListenerSettings listener, Leg leg)
    {
        var session = new Session(this, listener, leg);
        lock (_gate)
        {
            if (_sessions.Count >= Settings.Limits.Tunnels + (2 * MaxRefusedConnections) || _draining)
            {
                // So far beyond the limit that even a refusal would cost too much.
                leg.Abort();
                return;
            }

            session.Index = _sessions.Count;
            _sessions.Add(session);
        }

        Counters.Accept();
        _ = session.RunAsync();
    }

    /// <summary>Counts a session for its source. Gives why it is refused when a limit is reached.</summary>
    internal Refusal? Count(Session session, IPAddress source)
    {
        var limits = Settings.Limits;
        lock (_gate)
        {
            if (_sessions.Count - _strangers > limits.Tunnels)
            {
                return Refusal.Unavailable("connection_limit_reached", $"the limit of {limits.Tunnels} tunnels is reached (limits.tunnels)");
            }

            var count = _perSource.GetValueOrDefault(source);
            if (count >= limits.TunnelsPerSource)
            {
                return Refusal.Unavailable("connection_limit_reached", $"the limit of {limits.TunnelsPerSource} tunnels of one source is reached (limits.tunnelsPerSource)");
            }

            _perSource[source] = count + 1;
            session.Counted = source;
            return null;
        }
    }

    /// <summary>Counts a session of a source that is not allowed: such get few places, and never those of sensors. Gives false when there are too many.</summary>
    internal bool CountStranger(Session session)
    {
        lock (_gate)
        {
            if (_strangers >= MaxRefusedConnections)
            {
                return false;
            }

            _strangers++;
            return session.IsStranger = true;
        }
    }

    internal void Remove(Session session)
    {
        lock (_gate)
        {
            _strangers -= session.IsStranger ? 1 : 0;
            session.CountFlow();
            var last = _sessions[^1];
            _sessions[session.Index] = last;
            last.Index = session.Index;
            _sessions.RemoveAt(_sessions.Count - 1);
            if (session.Counted is { } source)
            {
                var count = _perSource[source] - 1;
                if (count == 0)
                {
                    _perSource.Remove(source);
                }
                else
                {
                    _perSource[source] = count;
                }
            }

            if (_sessions.Count == 0)
            {
                _empty?.TrySetResult();
            }
        }

        Counters.End(session.End, session.WasOpen);
    }

    private RelayState NewState(RelaySettings settings)
    {
        var state = new RelayState(settings, Engine, Clock, _random);
        if (state.Parents is { } parents)
        {
            parents.Suspected += () => _ = ProbeAsync();
        }

        return state;
    }

    private Session[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _sessions];
        }
    }

    private void CloseListeners()
    {
        List<IListener> listeners;
        lock (_gate)
        {
            listeners = [.. _listeners];
            _listeners.Clear();
        }

        // Outside the lock: closing waits for those that accept just now, and they ask for it to be served.
        foreach (var listener in listeners)
        {
            listener.Dispose();
        }
    }

    private void Sweep()
    {
        List<Session>? due = null;
        var now = Clock.GetTimestamp();
        lock (_gate)
        {
            foreach (var session in _sessions)
            {
                if (session.IsDue(now))
                {
                    (due ??= []).Add(session);
                }
            }
        }

        foreach (var session in due ?? [])
        {
            session.Expire();
        }
    }

    private async Task ProbeAsync()
    {
        if (_state.Parents is not { } parents || _draining)
        {
            return;
        }

        try
        {
            var before = ParentHealth;
            await parents.ProbeAsync(Stopping);
            foreach (var (parent, fault) in ParentHealth)
            {
                var was = before.FirstOrDefault(p => p.Key == parent).Value;
                if (fault is not null && was is null)
                {
                    RelayLog.ParentDown(Logger, parent, fault);
                }
                else if (fault is null && was is not null)
                {
                    RelayLog.ParentUp(Logger, parent);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The proxy stops.
        }
    }
}
