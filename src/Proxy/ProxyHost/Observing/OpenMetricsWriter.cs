using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Culvert.ProxyHost;

/// <summary>Writes the observable instruments of a meter as OpenMetrics text (RFC draft openmetrics 1.0; what Prometheus and the Kubernetes metrics adapters read).</summary>
internal sealed class OpenMetricsWriter : IDisposable
{
    public const string ContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (Instrument Instrument, List<string> Samples)> _families = new(StringComparer.Ordinal);

    public OpenMetricsWriter(IMeterFactory scope)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == scope && instrument.IsObservable)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, value.ToString(CultureInfo.InvariantCulture), tags));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Add(i, value.ToString(CultureInfo.InvariantCulture), tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, value.ToString("R", CultureInfo.InvariantCulture), tags));
        _listener.Start();
    }

    public string Write()
    {
        lock (_gate)
        {
            _families.Clear();
            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var (name, (instrument, samples)) in _families)
            {
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {(IsCounter(instrument) ? "counter" : "gauge")}\n");
                if (Unit(instrument) is { } unit)
                {
                    text.Append(CultureInfo.InvariantCulture, $"# UNIT {name} {unit}\n");
                }

                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description}\n").AppendJoin("", samples);
            }

            return text.Append("# EOF\n").ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private static bool IsCounter(Instrument instrument) => instrument.GetType().Name.StartsWith("ObservableCounter", StringComparison.Ordinal);

    private static string? Unit(Instrument instrument) => instrument.Unit switch { "By" => "bytes", "s" => "seconds", "By/s" => "bytes_per_second", _ => null };

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private void Add(Instrument instrument, string value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // The name of a family with a unit ends with it (OpenMetrics, section 4.4.1).
        var name = instrument.Name.Replace('.', '_') + (Unit(instrument) is { } unit ? $"_{unit}" : "");
        if (!_families.TryGetValue(name, out var family))
        {
            _families[name] = family = (instrument, []);
        }

        var labels = new StringBuilder();
        foreach (var (key, tag) in tags)
        {
            labels.Append(labels.Length == 0 ? "{" : ",").Append(CultureInfo.InvariantCulture, $"{key}=\"{Escape(tag?.ToString() ?? "")}\"");
        }

        family.Samples.Add($"{name}{(IsCounter(instrument) ? "_total" : "")}{labels}{(labels.Length > 0 ? "}" : "")} {value}\n");
    }
}
