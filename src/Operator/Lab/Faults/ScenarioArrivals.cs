namespace Culvert.Lab;

/// <summary>Watches while a scenario is played when something new of each sensor arrives in its cloud.</summary>
internal sealed class ScenarioArrivals : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private readonly LabRuntime _lab;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<long>> _times = new(StringComparer.Ordinal);
    private readonly Task _watching;

    public ScenarioArrivals(LabRuntime lab)
    {
        _lab = lab;
        foreach (var sensor in lab.ConnectedSensors)
        {
            _times[sensor.Name.ToString()] = [];
        }

        _watching = WatchAsync(_stop.Token);
    }

    /// <summary>The first moment after this one at which something of the sensor arrived; null when nothing did until now.</summary>
    public long? FirstAfter(string sensor, long moment)
    {
        lock (_gate)
        {
            return _times[sensor].Where(t => t > moment).Select(t => (long?)t).FirstOrDefault();
        }
    }

    /// <summary>Whether the sensor has nothing more to say: its capture has ended and all of it has arrived.</summary>
    public bool HasNothingToSay(string sensor) =>
        _lab.ProgramOn(sensor)?.Progress is { } progress && progress.Contains("waiting 0 ", StringComparison.Ordinal) && progress.EndsWith("finished", StringComparison.Ordinal);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var before = new Dictionary<string, long>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                foreach (var sensor in _lab.ConnectedSensors)
                {
                    var name = sensor.Name.ToString();
                    var records = PortalRecords.Read(_lab.PortalFolder(sensor.Cloud!)).Of(name);
                    if (before.TryGetValue(name, out var known) && records > known)
                    {
                        lock (_gate)
                        {
                            _times[name].Add(_lab.Clock.GetTimestamp());
                        }
                    }

                    before[name] = records;
                }

                await Task.Delay(Step, _lab.Clock, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The scenario is over.
        }
    }
}
