using System.Text;
using System.Text.Json;
using Culvert.Relaying;

namespace Culvert.ProxyHost;

/// <summary>The body of /healthz: <c>status</c> is <c>ok</c>, <c>unavailable</c> or <c>draining</c>; <c>details</c> says why in words, <c>parents</c> each parent with what is wrong with it.</summary>
internal static class HealthJson
{
    public static string Write(HealthReport report, RelayServer server)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("status", report.Well ? "ok" : server.IsDraining ? "draining" : "unavailable");
            json.WriteString("proxy", server.Settings.Name);
            json.WriteString("details", report.Details);
            json.WriteNumber("tunnels", server.Counters.OpenTunnels);
            json.WriteStartArray("parents");
            foreach (var (name, fault) in server.ParentHealth)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteBoolean("up", fault is null);
                if (fault is not null)
                {
                    json.WriteString("fault", fault);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }
}
