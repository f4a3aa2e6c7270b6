using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Culvert.Relaying;
using Microsoft.Extensions.Logging;

namespace Culvert.ProxyHost;

/// <summary>culvert-proxy while it runs: starts, reloads on SIGHUP, drains on SIGTERM and SIGINT.</summary>
internal sealed class ProxyProgram(string file, TextWriter output, JsonLogWriter log, TimeProvider clock)
{
    private readonly ILogger _logger = log.CreateLogger("Culvert.ProxyHost");
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<SecureFront> _fronts = [];
    private readonly Lock _gate = new();

    /// <summary>Runs until it is told to stop. Gives the exit status.</summary>
    public async Task<int> RunAsync(ProxySettings settings, CancellationToken cancellationToken)
    {
        using var engine = NewEngine();
        await using var server = new RelayServer(settings.Relay, new Logger<RelayServer>(log), clock, new Random(), engine);
        using var meters = new PlainMeterFactory();
        using var meter = new RelayMeter(server, meters);
        using var autoscale = new AutoscaleSignal(server, meters, clock);
        using var metrics = new OpenMetricsWriter(meters);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            Reload(server, settings);
        });
        using var memory = new QuietMemory(clock, () => server.Counters.Connections);
        using var health = settings.Health is null ? null : new HealthEndpoint(settings.Health, server, metrics, autoscale, clock);
        try
        {
            foreach (var listen in settings.Listen)
            {
                var front = listen.Certificate is null ? null : new SecureFront(listen);
                if (front is not null)
                {
                    _fronts.Add(front);
                }

                var bound = server.Listen(new ListenerSettings { EndPoint = listen.EndPoint, ProxyProtocolFrom = listen.ProxyProtocolFrom, Secure = front });
                await output.WriteLineAsync($"listening {(front is null ? "http" : "https")}://{bound}");
            }

            if (health is not null)
            {
                await output.WriteLineAsync($"health http://{health.Start()}");
            }
        }
        catch (SocketException e)
        {
            await Console.Error.WriteLineAsync($"{file}: cannot listen: {e.Message}");
            return 1;
        }

        await output.FlushAsync(cancellationToken);
        Advise(settings);
        await using (cancellationToken.Register(() => _stop.TrySetResult()))
        {
            await _stop.Task;
        }

        await server.DrainAsync(CancellationToken.None);
        return 0;
    }

    private RelayEngine NewEngine()
    {
        // For comparing and for kernels that forbid splice; everything works the same, with more copying.
        var managed = Environment.GetEnvironmentVariable("CULVERT_PROXY_ENGINE") == "managed";
        return managed || !OperatingSystem.IsLinux()
            ? RelayEngine.Managed(clock)
            : RelayEngine.Splicing(clock, Math.Clamp(Environment.ProcessorCount, 1, 8), e => HostLog.Mistake(_logger, e));
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _stop.TrySetResult();
    }

    private void Reload(RelayServer server, ProxySettings old)
    {
        lock (_gate)
        {
            var result = ProxySettingsReader.Load(file);
            if (!result.TryGet(out var settings))
            {
                foreach (var mistake in result.Mistakes)
                {
                    HostLog.ReloadRefused(_logger, mistake.ToString());
                }

                return;
            }

            if (!settings.Listen.Select(l => l.Shown).SequenceEqual(old.Listen.Select(l => l.Shown)) || !Equals(settings.Health, old.Health))
            {
                HostLog.ReloadRefused(_logger, $"{file}: listen and health cannot change while the proxy runs; restart it");
                return;
            }

            try
            {
                // All are read before any is used: a file that goes away in between changes nothing.
                var read = _fronts.Select(f => (Front: f, Options: f.Read())).ToList();
                read.ForEach(r => r.Front.Use(r.Options));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException or FormatException)
            {
                HostLog.ReloadRefused(_logger, $"{file}: {e.Message}");
                return;
            }

            server.Apply(settings.Relay);
            HostLog.Reloaded(_logger);
            Advise(settings);
        }
    }

    private void Advise(ProxySettings settings)
    {
        if (settings.Relay.Sources.Count == 0)
        {
            HostLog.Advice(_logger, "sources is empty: everybody is refused");
        }

        if (OpenFiles.Limit() is { } limit && limit < settings.Relay.Limits.Tunnels * 2L)
        {
            HostLog.Advice(
                _logger,
                string.Create(CultureInfo.InvariantCulture, $"limits.tunnels is {settings.Relay.Limits.Tunnels}, but {limit} open files are enough for {limit / 2} tunnels only (LimitNOFILE)"));
        }
    }
}
