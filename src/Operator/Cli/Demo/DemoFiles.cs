using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Culvert.Cli;

/// <summary>The settings files that the demo writes.</summary>
internal static class DemoFiles
{
    /// <summary>The proxies of a method with their levels, the one nearest to the cloud first.</summary>
    public static IReadOnlyList<(string Name, string Level)> Proxies(ConnectionMethod method) => method switch
    {
        ConnectionMethod.Direct => [],
        ConnectionMethod.CloudProxy => [("cloud-proxy", "5")],
        _ => [("dmz-proxy", "3.5"), ("plant-proxy", "3")],
    };

    /// <summary>A proxy's configuration: it allows exactly what comes after it.</summary>
    public static string Proxy(string name, string level, HopReach chaining, DemoHop? next, string host, int portalPort)
    {
        var parent = next is not null && chaining == HopReach.Forwarded;
        var allow = next is null || parent ? $"{host}:{portalPort}" : Invariant($"127.0.0.1:{next.Port}");
        var text = new StringBuilder()
            .AppendLine(Invariant($"proxy: {{ name: {name}, level: {level} }}"))
            .AppendLine("listen:")
            .AppendLine("  - { address: 127.0.0.1, port: 0 }")
            .AppendLine("health: { address: 127.0.0.1, port: 0 }")
            .AppendLine(Invariant($"allow: [\"{allow}\"]"))
            .AppendLine("sources: [127.0.0.1/32]")
            .AppendLine(Invariant($"hosts: {{ {host}: [127.0.0.1] }}"))
            .AppendLine("privateDestinations: [127.0.0.1/32]");
        if (parent)
        {
            text.AppendLine("parents:").AppendLine(Invariant($"  - {{ name: {next!.Name}, host: 127.0.0.1, port: {next.Port}, priority: 1, level: {next.Level} }}"));
        }

        return text.ToString();
    }

    /// <summary>The sensor's settings.</summary>
    public static string Sensor(DemoOptions options, IReadOnlyList<DemoHop> hops, string host, string zone)
    {
        var text = new StringBuilder().AppendLine("routes:").AppendLine(Invariant($"  - name: {(hops.Count == 0 ? "direct" : "main")}")).AppendLine("    priority: 1");
        text.AppendLine(hops.Count == 0 ? "    hops: []" : "    hops:");
        for (var i = 0; i < hops.Count; i++)
        {
            var reach = i == 0 ? "nested" : options.Chaining == HopReach.Forwarded ? "forwarded" : "nested";
            text.AppendLine(Invariant($"      - {{ name: {hops[i].Name}, host: 127.0.0.1, port: {hops[i].Port}, reach: {reach}, level: {hops[i].Level} }}"));
        }

        return text
            .AppendLine("# No cap: nothing leaves this machine.")
            .AppendLine("bandwidthKbps: 0")
            .AppendLine("heartbeatSeconds: 10")
            .AppendLine(Invariant($"hosts: {{ {host}: [127.0.0.1] }}"))
            .AppendLine("mode: operational")
            .AppendLine(Invariant($"learningPeriod: {options.LearningMinutes}m"))
            .AppendLine("sources:")
            .AppendLine(Invariant($"  - {{ capture: {Quoted(options.Capture)}, zone: {zone}, speed: {options.Speed} }}"))
            .ToString();
    }

    /// <summary>The portal's port by which a sensor was activated; null when it is not activated.</summary>
    public static int? ActivatedPort(string sensorFolder)
    {
        try
        {
            var file = Path.Combine(sensorFolder, "activation.json");
            return File.Exists(file) && JsonSerializer.Deserialize(File.ReadAllBytes(file), CulvertJson.Default.ActivationContent) is { } activation
                ? activation.Endpoints.First(e => e.Service == CloudService.IotHub).Port
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // YAML's double-quoted form takes JSON's.
    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
