namespace Culvert.Browser.Tests.Portal;

/// <summary>A small plant: what three sensors of two sites tell the portal, so that every page has something to show.</summary>
internal static class Plant
{
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddHours(-6);

    public static async Task FillAsync(PortalProgram portal)
    {
        using var cell = await PlantSensor.EnrolAsync(await portal.OnboardAsync("cell-1-10.30.2.11", "ghent", "cell-1", "2"), portal.Address);
        await cell.SendAsync(Devices("cell-1", 40));
        await cell.SendAsync(Alerts("cell-1"));
        await cell.SendAsync(Traffic("cell-1"));
        await cell.SendAsync(Health([Through("main", 1, "active"), Broken("backup", 2)], []));
        using var press = await PlantSensor.EnrolAsync(await portal.OnboardAsync("press-10.30.2.12", "ghent", "press-line", "1"), portal.Address);
        await press.SendAsync(Devices("press-line", 12));
        await press.SendAsync(Health(
            [Through("main", 1, "active")],
            [new HealthMessage
            {
                Level = HealthLevel.Warning, Title = "Sensor is partially connected", Detail = "Proxy authentication: blob at localhost: the proxy dmz-proxy asks for credentials.",
                Recommendation = "Give the sensor the credentials of dmz-proxy, or let the DMZ's owner allow it.",
            }]));
        using var water = await PlantSensor.EnrolAsync(await portal.OnboardAsync("waterworks-1", "waterworks", "pumps", "2"), portal.Address);
        await water.SendAsync(Health(
            [new RouteHealth { Route = "direct", Priority = 1, State = "active", LastTrace = Trace("direct", []) }],
            [new HealthMessage { Level = HealthLevel.Critical, Title = "No traffic detected", Detail = "Nothing on eth1 since 05:12 UTC.", Recommendation = "Check the mirror port's cabling." }]));
        // A record that nobody can understand goes to the dead letters.
        await water.SendRawAsync("""[{"stream":"alerts","epoch":1,"sequence":1,"body":{"id":""}}]""");
        await portal.OnboardAsync("waterworks-2", "waterworks", "pumps", "2");
    }

    public static AlertRecord Alert(string id, string title, AlertEngine engine, AlertSeverity severity, string zone = "cell-1") => new()
    {
        Id = id,
        Type = $"{engine}.{id}",
        Title = title,
        Engine = engine,
        Severity = severity,
        Zone = zone,
        Message = $"{title}: 10.30.2.40 wrote to register 40001 of 10.30.2.21, which was not seen during learning.",
        Category = engine == AlertEngine.Operational ? "Operational issues" : "Unauthorized Communication Behavior",
        Protocol = "modbus",
        SourceDevice = $"{zone}|10.30.2.40",
        SourceAddress = "10.30.2.40",
        DestinationDevice = $"{zone}|10.30.2.21",
        DestinationAddress = "10.30.2.21",
        Techniques = ["T0855 Unauthorized Command Message"],
        Learnable = engine == AlertEngine.PolicyViolation,
        FirstDetection = Start,
        LastDetection = Start.AddHours(3),
        Occurrences = 17,
    };

    private static AlertRecord[] Alerts(string zone) =>
    [
        Alert("modbus-write", "Unpermitted Usage of Modbus Function Code", AlertEngine.PolicyViolation, AlertSeverity.Major, zone),
        Alert("plc-stop", "PLC Operating Mode Changed", AlertEngine.Operational, AlertSeverity.Critical, zone),
        Alert("illegal-modbus", "Illegal MODBUS Operation", AlertEngine.ProtocolViolation, AlertSeverity.Minor, zone),
        Alert("port-scan", "Port Scan", AlertEngine.Anomaly, AlertSeverity.Critical, zone),
        Alert("bad-domain", "Malicious Domain Name Request", AlertEngine.Malware, AlertSeverity.Critical, zone),
        Alert("new-asset", "New Asset Detected", AlertEngine.PolicyViolation, AlertSeverity.Warning, zone),
    ];

    private static DeviceRecord[] Devices(string zone, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new DeviceRecord
        {
            Key = $"{zone}|10.30.2.{20 + i}", Zone = zone, Name = i % 4 == 0 ? $"PLC-{i:00}" : $"10.30.2.{20 + i}", MacAddress = $"00:1b:1b:00:{count:x2}:{i:x2}",
            IPv4Addresses = [$"10.30.2.{20 + i}"], IPv6Addresses = i % 9 == 0 ? [$"fe80::21b:1bff:fe00:{i:x}"] : [],
            Vendor = i % 3 == 0 ? "Siemens AG" : "Rockwell Automation Technologies Holdings", Type = i % 4 == 0 ? "PLC" : i % 4 == 1 ? "HMI" : "Miscellaneous",
            Model = i % 4 == 0 ? "6ES7 315-2EH14-0AB0" : null, FirmwareVersion = i % 4 == 0 ? "V3.2.10" : null,
            Protocols = [new DeviceProtocol("modbus", "server"), new DeviceProtocol("s7comm", "server"), new DeviceProtocol("profinet-dcp", "peer"), new DeviceProtocol("arp", "peer"), new DeviceProtocol("lldp", "peer")],
            PurdueLevel = i % 4 == 0 ? 1 : 2, Authorized = i % 7 != 0, ProgrammingDevice = i == 5, Vlans = [110], NetworkLocation = "local",
            FirstSeen = Start, LastSeen = Start.AddMinutes(300 + i), FramesSent = 12_345 + i, BytesSent = 9_876_543,
        }),
    ];

    private static TrafficRecord[] Traffic(string zone) =>
    [
        .. Enumerable.Range(0, 8).Select(i => new TrafficRecord
        {
            Zone = zone, IntervalStart = Start, IntervalSeconds = 60, Source = "10.30.2.40", Destination = $"10.30.2.{20 + i}",
            Protocol = i % 2 == 0 ? "modbus" : "s7comm", Frames = 600 * (i + 1), Bytes = 60_000 * (i + 1),
        }),
    ];

    private static HealthRecord Health(IReadOnlyList<RouteHealth> routes, IReadOnlyList<HealthMessage> messages) => new()
    {
        At = TimeProvider.System.GetUtcNow(),
        StartedAt = Start,
        Version = "0.1.0",
        ThreatIntelligenceVersion = "2026.11.20",
        Routes = routes,
        Messages = messages,
        Outbox = new OutboxHealth
        {
            Records = 214,
            Bytes = 188_416,
            MaxBytes = 1L << 30,
            OldestAt = TimeProvider.System.GetUtcNow().AddMinutes(-3),
            TimeToDrain = TimeSpan.FromSeconds(4),
            Waiting = new Dictionary<RecordStream, long> { [RecordStream.Inventory] = 200, [RecordStream.Traffic] = 14 },
            Dropped = new Dictionary<RecordStream, long> { [RecordStream.Evidence] = 3 },
        },
        Sources = [new SourceHealth { Name = "eth1", Zone = "cell-1", Packets = 1_234_567, Bytes = 987_654_321, Malformed = 2, LastPacketAt = TimeProvider.System.GetUtcNow() }],
        ClockDriftMilliseconds = 41,
        DeviceCount = 40,
        WorkingSetBytes = 96 << 20,
        DiskFreeBytes = 80L << 30,
        CertificateExpiresAt = TimeProvider.System.GetUtcNow().AddDays(88),
    };

    private static RouteHealth Through(string name, int priority, string state) => new()
    {
        Route = name,
        Priority = priority,
        State = state,
        Hops = ["plant-proxy (http://10.30.3.5:3128)", "dmz-proxy (https://10.30.35.5:3129)"],
        HopLevels = [3, 3.5m],
        LastTrace = Trace(name, ["plant-proxy", "dmz-proxy"]),
    };

    private static RouteHealth Broken(string name, int priority)
    {
        var trace = Trace(name, ["plant-proxy-2"]);
        var failed = trace with
        {
            Steps = [trace.Steps[0], trace.Steps[1] with { Cause = Cause.CredentialsWrong, Stage = Stage.Authenticate, Evidence = "407 Proxy Authentication Required; Proxy-Authenticate: Basic realm=\"plant\"" }],
        };
        return new RouteHealth { Route = name, Priority = priority, State = "failed", Hops = ["plant-proxy-2 (http://10.30.3.6:3128)"], HopLevels = [3], LastTrace = failed, LastFailure = failed };
    }

    private static Trace Trace(string route, string[] hops) => new()
    {
        Route = route,
        Hops = hops,
        Destination = "localhost:8443",
        StartedAt = TimeProvider.System.GetUtcNow().AddMinutes(-2),
        Steps =
        [
            .. hops.SelectMany((h, i) => new[]
            {
                new TraceStep { HopIndex = i, Target = h, Stage = Stage.Connect, Elapsed = TimeSpan.FromMilliseconds(3.4 * (i + 1)) },
                new TraceStep { HopIndex = i, Target = h, Stage = Stage.Request, Elapsed = TimeSpan.FromMilliseconds(7.9), Evidence = "200 OK" },
            }),
            new TraceStep { HopIndex = hops.Length, Target = "localhost:8443", Stage = Stage.Tls, Elapsed = TimeSpan.FromMilliseconds(18.2), Evidence = "TLS 1.3, TLS_AES_256_GCM_SHA384" },
        ],
    };
}
