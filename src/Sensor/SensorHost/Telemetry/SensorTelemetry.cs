using Culvert.Outbox;
using Culvert.Uplink;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Culvert.SensorHost;

/// <summary>Sends the sensor's own traces and metrics to the cloud's telemetry endpoint: OTLP over HTTP, through the routes as everything else, under the same bandwidth cap.</summary>
/// <remarks>What cannot be sent is dropped: at most 2,048 spans wait, and of the metrics only the present figures. It never waits for the cloud but when the sensor stops, <see cref="TimeToFlush"/> at most.</remarks>
internal sealed class SensorTelemetry : IAsyncDisposable
{
    /// <summary>Longest time for the last figures when the sensor stops.</summary>
    public static readonly TimeSpan TimeToFlush = TimeSpan.FromSeconds(2);

    // A few KB at the smallest bandwidth cap, behind alerts and inventory.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private const int MaxWaitingSpans = 2048;
    private const int MaxSpansInRequest = 256;

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    /// <summary>Begins to send.</summary>
    /// <param name="access">The door to the cloud.</param>
    /// <param name="sensor">Whose telemetry it is.</param>
    /// <param name="every">Between two requests.</param>
    public SensorTelemetry(CloudAccess access, SensorId sensor, TimeSpan every)
    {
        var resource = ResourceBuilder.CreateEmpty().AddService("culvert-sensor", serviceVersion: SensorVersion.Text, autoGenerateServiceInstanceId: false, serviceInstanceId: sensor.Value);
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(OutboxMetrics.MeterName, UplinkMetrics.MeterName, SensorMetrics.MeterName)
            .AddOtlpExporter((exporter, reader) =>
            {
                Configure(exporter, access, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)every.TotalMilliseconds;
                reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = (int)RequestTimeout.TotalMilliseconds;
            })
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .SetSampler(new AlwaysOnSampler())
            .AddSource(SensorSpans.SourceName)
            .AddOtlpExporter(exporter =>
            {
                Configure(exporter, access, "v1/traces");
                exporter.ExportProcessorType = ExportProcessorType.Batch;
                // Not more often than the metrics: a way that fails makes a span, and sending it may fail for the same reason.
                exporter.BatchExportProcessorOptions = new BatchExportActivityProcessorOptions
                {
                    MaxQueueSize = MaxWaitingSpans,
                    MaxExportBatchSize = MaxSpansInRequest,
                    ScheduledDelayMilliseconds = (int)every.TotalMilliseconds,
                    ExporterTimeoutMilliseconds = (int)RequestTimeout.TotalMilliseconds,
                };
            })
            .Build();
    }

    /// <summary>Sends the last figures and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        // Both wait on threads of the library; what is not sent by then is dropped.
        var limit = (int)TimeToFlush.TotalMilliseconds;
        await Task.WhenAll(Task.Run(() => _metrics.Shutdown(limit)), Task.Run(() => _traces.Shutdown(limit)));
        _metrics.Dispose();
        _traces.Dispose();
    }

    // All that the environment could set is set here: where it goes comes with the signed activation file alone.
    private static void Configure(OtlpExporterOptions options, CloudAccess access, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri($"https://{access[CloudService.Telemetry].Address}/{path}");
        options.Headers = "";
        options.TimeoutMilliseconds = (int)RequestTimeout.TotalMilliseconds;
        options.HttpClientFactory = () => new HttpClient(new TelemetryHandler(access.Invoker(CloudService.Telemetry))) { Timeout = RequestTimeout };
    }
}
