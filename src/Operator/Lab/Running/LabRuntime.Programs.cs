using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Culvert.Planning;

namespace Culvert.Lab;

/// <summary>Starts the portal, the proxies and the sensors, each from the plan's own file.</summary>
internal sealed partial class LabRuntime
{
    private const int StartsAtOnce = 6;
    private const int ActivationAttempts = 4;
    private static readonly TimeSpan ActivationPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly Dictionary<string, string> _clocks = new(StringComparer.Ordinal);
    private LabSecrets? _secrets;
    private SitePlan? _plan;

    /// <summary>The lab's secrets.</summary>
    public LabSecrets Secrets => _secrets ??= new LabSecrets(Folder, Clock);

    /// <summary>The plan of the site as played.</summary>
    public SitePlan Plan => _plan ??= SitePlan.Create(Site);

    /// <summary>The sensors that report to a cloud.</summary>
    public IEnumerable<SiteSensor> ConnectedSensors => Site.Sensors.Where(s => s.Mode == SensorMode.CloudConnected);

    /// <summary>The program of a host; null when none was started or it was taken away.</summary>
    public HostProgram? ProgramOn(string host)
    {
        lock (_programs)
        {
            return _programs.LastOrDefault(p => p.Host == host && p.Runs);
        }
    }

    /// <summary>The proxies' hosts, those nearest to the cloud first: a chain is started from the top, for Squid gives up on parents that are not there yet.</summary>
    public IEnumerable<LabHost> ProxyHosts => Network.Hosts.Where(h => h.Kind is LabHostKind.Proxy or LabHostKind.Member)
        .OrderBy(h => Depth(Site.Proxy(h.Part))).ThenByDescending(h => Site.Zone(h.Zone).Height);

    /// <summary>Starts the portal of each cloud that sensors report to, and onboards them.</summary>
    public async Task StartPortalsAsync(Action<string> line, CancellationToken cancellationToken)
    {
        if (!Options.Programs.TryGetValue("culvert-portal", out var program))
        {
            line("culvert-portal is missing: no portal");
            return;
        }

        foreach (var cloud in Site.Clouds.Where(c => ConnectedSensors.Any(s => s.Cloud == c.Name)))
        {
            foreach (var sensor in ConnectedSensors.Where(s => s.Cloud == cloud.Name))
            {
                await OnboardAsync(program, cloud, sensor, cancellationToken);
            }

            await StartPortalAsync(cloud.Name, cancellationToken);
        }
    }

    /// <summary>Starts the portal that plays a cloud.</summary>
    public async Task StartPortalAsync(string cloudName, CancellationToken cancellationToken)
    {
        var cloud = Site.Cloud(cloudName);
        var ports = cloud.Endpoints.Select(e => e.Endpoint.Address.Port).Distinct().ToList();
        if (ports.Count > 1)
        {
            throw new LabException($"The endpoints of cloud {cloud.Name} have ports {string.Join(", ", ports)}; the lab's portal plays all of them on one.");
        }

        var host = Network.Hosts.First(h => cloud.Endpoints[0].Addresses.Any(h.Addresses.Contains));
        var names = cloud.Endpoints.Select(e => e.Endpoint.Address.Host).Distinct().SelectMany(n => (string[])["--host-name", n]);
        var portal = Start(host.Name, "culvert-portal", Options.Programs["culvert-portal"],
            ["run", "--data", PortalFolder(cloud.Name), "--listen", string.Create(CultureInfo.InvariantCulture, $"0.0.0.0:{ports[0]}"), .. names]);
        await portal.WaitForAsync("listening", StartLimit, cancellationToken);
    }

    /// <summary>Starts all proxies, while the portals start.</summary>
    public async Task StartProxiesAsync(Task portals, Action<string> line, CancellationToken cancellationToken)
    {
        foreach (var proxy in Site.Proxies.Where(p => p.Scheme == HopScheme.Https))
        {
            Secrets.MakeCertificate(proxy);
        }

        await StartFromTheTopAsync(portals, cancellationToken);
        foreach (var balancer in Network.Hosts.Where(h => h.Kind == LabHostKind.Balancer))
        {
            await StartBalancerAsync(Site.Proxy(balancer.Part), cancellationToken);
        }

        if (Site.Proxies.Count == 0)
        {
            return;
        }

        line($"proxies: {string.Join(", ", ProxyHosts.Select(h => $"{h.Name} ({Site.Proxy(h.Part).Kind.ToString().ToLowerInvariant()})"))}");
    }

    // Squid and HAProxy ask their parents when they start, HAProxy even for the cloud, and hold it against them when they do not answer: they wait for these. The others start at once.
    private async Task StartFromTheTopAsync(Task portals, CancellationToken cancellationToken)
    {
        using var atOnce = new SemaphoreSlim(StartsAtOnce);
        var started = new Dictionary<string, Task>(StringComparer.Ordinal);
        foreach (var hosts in ProxyHosts.GroupBy(h => h.Part))
        {
            var proxy = Site.Proxy(hosts.Key);
            List<Task> before = proxy.Kind is ProxyKind.Squid or ProxyKind.Haproxy ? [.. proxy.Parents.Select(started.GetValueOrDefault).OfType<Task>(), .. proxy.Kind == ProxyKind.Haproxy ? [portals] : (Task[])[]] : [];
            started[hosts.Key] = Task.WhenAll([.. hosts.Select(h => StartAfterAsync(h))]);

            async Task StartAfterAsync(LabHost host)
            {
                await Task.WhenAll(before);
                await atOnce.WaitAsync(cancellationToken);
                try
                {
                    await StartProxyAsync(host, cancellationToken);
                }
                finally
                {
                    atOnce.Release();
                }
            }
        }

        await Task.WhenAll(started.Values);
    }

    /// <summary>Starts one proxy, or one member of a pool.</summary>
    public async Task StartProxyAsync(LabHost host, CancellationToken cancellationToken)
    {
        var proxy = Site.Proxy(host.Part);
        var program = proxy.Kind == ProxyKind.Culvert ? Options.Programs.GetValueOrDefault("culvert-proxy") : ProgramPath.Find(proxy.Kind.ToString().ToLowerInvariant());
        if (program is null)
        {
            throw new LabException($"{host.Name} needs {proxy.Kind.ToString().ToLowerInvariant()}, which is not installed here. See: culvert lab needs");
        }

        var configuration = Plan.Find(PlanFileKind.ProxyConfiguration, proxy.Name) ?? throw new LabException($"The plan has no configuration for {proxy.Name}.");
        var text = await Secrets.FillAsync(configuration, Options.Programs.GetValueOrDefault("culvert-proxy"), cancellationToken);
        var files = new ProxyFiles(this, host, proxy);
        var (arguments, isOther) = await files.WriteAsync(text, cancellationToken);
        var started = Start(host.Name, proxy.Kind.ToString().ToLowerInvariant(), program, arguments, Secrets.Environment(configuration), isOther);
        if (proxy.Kind == ProxyKind.Culvert)
        {
            await started.WaitForAsync("listening", StartLimit, cancellationToken);
        }
        else
        {
            await WaitForPortAsync(started, host, proxy.Port, cancellationToken);
        }
    }

    /// <summary>Activates the sensors that are not yet, and starts them.</summary>
    public async Task StartSensorsAsync(Action<string> line, CancellationToken cancellationToken)
    {
        if (!Options.Programs.ContainsKey("culvert-sensor"))
        {
            line("culvert-sensor is missing: no sensors");
            return;
        }

        await Task.WhenAll(ConnectedSensors.Select(async sensor =>
        {
            var started = Clock.GetTimestamp();
            await ActivateAsync(sensor, cancellationToken);
            await StartSensorAsync(sensor, cancellationToken);
            line($"sensor {sensor.Name} is activated and runs, {Seconds(started)} s");
        }));
    }

    /// <summary>Enrols a sensor through its routes. Throws <see cref="LabException"/> with the sensor's own words when it is refused.</summary>
    public async Task ActivateAsync(SiteSensor sensor, CancellationToken cancellationToken)
    {
        var name = sensor.Name.ToString();
        if (Directory.Exists(SensorFolder(name)))
        {
            return;
        }

        // A front that asks its proxies every few seconds may not have found them yet.
        for (var attempt = 1; ; attempt++)
        {
            if (await TryActivateAsync(sensor, name, cancellationToken) is not { } refusal)
            {
                return;
            }

            if (attempt == ActivationAttempts || !refusal.Contains("cannot be reached", StringComparison.Ordinal))
            {
                throw new LabException($"{name} could not be activated: {refusal}");
            }

            await Task.Delay(ActivationPause, Clock, cancellationToken);
        }
    }

    private async Task<string?> TryActivateAsync(SiteSensor sensor, string name, CancellationToken cancellationToken)
    {
        await using var activation = Start(name, "activation", Options.Programs["culvert-sensor"],
            ["activate", "--data", SensorFolder(name), "--activation", ActivationFile(name), "--settings", await WriteSensorSettingsAsync(sensor, null, cancellationToken)], SensorEnvironment(sensor));
        await activation.Ended.WaitAsync(StartLimit, Clock, cancellationToken);
        lock (_programs)
        {
            _programs.Remove(activation);
        }

        return activation.ExitStatus == 0 ? null : string.Join(" | ", activation.LastLines);
    }

    /// <summary>Runs an activated sensor, with all of its routes or one of them alone.</summary>
    public async Task<HostProgram> StartSensorAsync(SiteSensor sensor, CancellationToken cancellationToken, string? capture = null, double? speed = null, bool exitWhenDelivered = false)
    {
        var name = sensor.Name.ToString();
        capture ??= Options.Capture;
        List<string> arguments = ["run", "--data", SensorFolder(name), "--settings", await WriteSensorSettingsAsync(sensor, capture is null ? "" : null, cancellationToken)];
        if (capture is not null)
        {
            arguments.AddRange(["--replay", capture, "--zone", sensor.Monitors.Count > 0 ? sensor.Monitors[0].Zone : sensor.Zone, "--speed", (speed ?? Options.Speed).ToString(CultureInfo.InvariantCulture)]);
        }

        if (exitWhenDelivered)
        {
            arguments.Add("--exit-when-delivered");
        }

        var started = Start(name, "culvert-sensor", Options.Programs["culvert-sensor"], arguments, SensorEnvironment(sensor));
        await started.WaitForAsync("ready", StartLimit, cancellationToken);
        return started;
    }

    /// <summary>Starts a program on a host.</summary>
    public HostProgram Start(string host, string name, string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, bool asOther = false, Action<string>? hear = null)
    {
        var folder = HostFolder(host);
        var started = HostProgram.Start(
            new HostProgramStart
            {
                Host = host,
                Name = name,
                Program = program,
                Arguments = arguments,
                Environment = environment ?? new Dictionary<string, string>(),
                Log = Path.Combine(folder, $"{name}.log"),
                ResolvConf = Path.Combine(folder, "resolv.conf"),
                Hosts = Path.Combine(folder, "hosts"),
                AsOther = asOther,
                Hear = hear,
                ClockOffset = _clocks.GetValueOrDefault(host) ?? Options.Clocks.GetValueOrDefault(host),
            },
            Clock);
        lock (_programs)
        {
            _programs.RemoveAll(p => p.Host == host && p.Name == name && !p.Runs);
            _programs.Add(started);
        }

        return started;
    }

    /// <summary>Where a cloud's portal keeps its data.</summary>
    public string PortalFolder(string cloud) => Folder.Folder(Path.Combine("portals", cloud));

    /// <summary>Where a sensor keeps its data; not there before it was activated.</summary>
    public string SensorFolder(string sensor) => Path.Combine(HostFolder(sensor), "data");

    /// <summary>The environment that a sensor's program needs.</summary>
    public IReadOnlyDictionary<string, string> SensorEnvironment(SiteSensor sensor) => Secrets.Environment(SensorPlan(sensor));

    /// <summary>Writes a sensor's planned settings; without its mirror ports where the lab has none.</summary>
    public async Task<string> WriteSensorSettingsAsync(SiteSensor sensor, string? sources, CancellationToken cancellationToken)
    {
        var text = await Secrets.FillAsync(SensorPlan(sensor), null, cancellationToken);
        if (sources is not null && text.IndexOf("sources:\n", StringComparison.Ordinal) is > 0 and var at)
        {
            var end = text.IndexOf("\n\n", at, StringComparison.Ordinal);
            text = text[..at] + sources + (end < 0 ? "" : text[end..]);
        }

        return Folder.Write(Path.Combine("hosts", sensor.Name.ToString(), "sensor.yaml"), text);
    }

    private PlanFile SensorPlan(SiteSensor sensor) =>
        Plan.Find(PlanFileKind.SensorSettings, sensor.Name.ToString()) ?? throw new LabException($"The plan has no settings for {sensor.Name}.");

    private string ActivationFile(string sensor) => Path.Combine(HostFolder(sensor), "activation.json");

    private async Task OnboardAsync(string program, SiteCloud cloud, SiteSensor sensor, CancellationToken cancellationToken, bool again = false)
    {
        var zone = sensor.Monitors.Count > 0 ? sensor.Monitors[0].Zone : sensor.Zone;
        string[] level = Site.Zone(zone).PurdueLevel is { } l ? ["--level", l.ToString()] : [];
        var endpoints = cloud.Endpoints.SelectMany(e => (string[])["--endpoint", $"{System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(e.Endpoint.Service.ToString())}={e.Endpoint.Address}"]);
        await Shell.RunAsync(program,
            ["onboard", "--data", PortalFolder(cloud.Name), "--sensor", sensor.Name.ToString(), "--site", Site.Name, "--zone", zone, .. level,
             "--address", cloud.Endpoints[0].Endpoint.Address.ToString(), .. endpoints, .. again ? ["--again"] : (string[])[], "--out", ActivationFile(sensor.Name.ToString())],
            "", cancellationToken);
    }

    // How many proxies lie between it and the cloud: parents, and the hops after it on nested routes.
    private int Depth(SiteProxy proxy) => Depth(proxy.Name, []);

    private int Depth(string proxy, HashSet<string> seen)
    {
        if (!seen.Add(proxy))
        {
            return 0;
        }

        var next = Site.Proxy(proxy).Parents.Concat(Site.Sensors.SelectMany(s => s.Routes).SelectMany(r => r.Hops.Zip(r.Hops.Skip(1))).Where(p => p.First == proxy).Select(p => p.Second));
        return next.Distinct().Select(p => 1 + Depth(p, [.. seen])).DefaultIfEmpty(0).Max();
    }

    private async Task WaitForPortAsync(HostProgram program, LabHost host, int port, CancellationToken cancellationToken)
    {
        var started = Clock.GetTimestamp();
        while (program.Runs && Clock.GetElapsedTime(started) < StartLimit)
        {
            using var socket = await HostNamespace.RunAsync(host.Name, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            try
            {
                await socket.ConnectAsync(new IPEndPoint(host.Address, port), cancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), Clock, cancellationToken);
            }
        }

        throw new LabException($"{program.Name} on {host.Name} does not listen on port {port}: {string.Join(" | ", program.LastLines)}");
    }
}
