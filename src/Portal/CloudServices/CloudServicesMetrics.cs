using System.Diagnostics.Metrics;

namespace Culvert.CloudServices;

/// <summary>Figures of the cloud services.</summary>
internal sealed class CloudServicesMetrics
{
    private readonly Counter<long> _stored;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _deadLetters;
    private readonly Counter<long> _throttled;
    private readonly Histogram<double> _commit;

    public CloudServicesMetrics(IMeterFactory factory)
    {
        var meter = factory.Create("Culvert.CloudServices");
        _stored = meter.CreateCounter<long>("culvert.ingest.stored", "{record}", "Records stored.");
        _duplicates = meter.CreateCounter<long>("culvert.ingest.duplicates", "{record}", "Records that arrived again and were dropped.");
        _deadLetters = meter.CreateCounter<long>("culvert.ingest.dead_letters", "{record}", "Records that could not be understood.");
        _throttled = meter.CreateCounter<long>("culvert.ingest.throttled", "{request}", "Requests refused because too many records waited.");
        _commit = meter.CreateHistogram<double>("culvert.ingest.commit.duration", "s", "Time of one transaction.");
    }

    public void Committed(int stored, int duplicates, int deadLetters, TimeSpan elapsed)
    {
        _stored.Add(stored);
        _duplicates.Add(duplicates);
        _deadLetters.Add(deadLetters);
        _commit.Record(elapsed.TotalSeconds);
    }

    public void Throttled() => _throttled.Add(1);
}
