using System.Globalization;
using System.Text;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>Writes sensors' settings.</summary>
internal static class SensorFiles
{
    /// <summary>A route through these proxies, the nearest first.</summary>
    public static string Route(string name, int priority, HopReach chaining, params IProxy[] hops)
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"  - name: {name}").AppendLine(CultureInfo.InvariantCulture, $"    priority: {priority}");
        text.AppendLine(hops.Length == 0 ? "    hops: []" : "    hops:");
        for (var i = 0; i < hops.Length; i++)
        {
            var reach = i > 0 && chaining == HopReach.Forwarded ? "forwarded" : "nested";
            text.AppendLine(CultureInfo.InvariantCulture, $"      - {{ name: {hops[i].Name}, host: 127.0.0.1, port: {hops[i].Port}, reach: {reach} }}");
        }

        return text.ToString();
    }

    /// <summary>A capture as a source.</summary>
    public static string Capture(string file, string zone, double speed = 0) =>
        string.Create(CultureInfo.InvariantCulture, $"  - {{ capture: \"{file}\", zone: \"{zone}\", speed: {speed} }}\n");

    /// <summary>The whole file.</summary>
    public static string Settings(string routes, string sources, string more = "") =>
        $"routes:\n{routes}bandwidthKbps: 0\nheartbeatSeconds: 5\nhosts: {{ {Portal.Host}: [127.0.0.1] }}\nmode: operational\n{more}sources:\n{sources}";
}
