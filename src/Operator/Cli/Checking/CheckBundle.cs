using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Culvert.Checking;

namespace Culvert.Cli;

/// <summary>A ZIP for whoever helps: the report, what was checked, and how this machine's network is set up. Made from what is known to be free of secrets, not by taking secrets out of files.</summary>
internal static class CheckBundle
{
    private const int MaxFile = 256 * 1024;

    public static void Write(string path, CheckReport report, CheckSubject subject, string text)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        Add(zip, "report.txt", text, report.StartedAt);
        Add(zip, "report.json", JsonSerializer.Serialize(report, CheckJson.Default.CheckReport), report.StartedAt);
        Add(zip, "subject.txt", Describe(subject), report.StartedAt);
        Add(zip, "machine.txt", Machine(report), report.StartedAt);
    }

    private static string Describe(CheckSubject subject)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"sensor {subject.Request.Sensor}; bandwidth cap {subject.Request.BandwidthKbps} kbit/s; {(subject.Request.Identity is null ? "no identity" : "identity used")}");
        foreach (var endpoint in subject.Request.Endpoints)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"endpoint {endpoint.Service} {endpoint.Address}");
        }

        foreach (var route in subject.Request.Routes)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"route {route.Name}, priority {route.Priority}{(route.IsDirect ? ", direct" : "")}");
            foreach (var hop in route.Hops)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  hop {hop}, {hop.Reach}{(hop.Level is { } l ? $", level {l}" : "")}, credentials {(hop.Credentials is null ? "none" : "set")}, client certificate {(hop.ClientCertificate is null ? "none" : "set")}, trust {hop.Trust.CaFile ?? "of the operating system"}{(hop.Trust.SpkiPins.Count > 0 ? ", pinned" : "")}");
            }
        }

        foreach (var (name, addresses) in subject.Hosts)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"host {name} {string.Join(' ', addresses)}");
        }

        return text.ToString();
    }

    private static string Machine(CheckReport report)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}, culvert {typeof(CheckBundle).Assembly.GetName().Version}");
        text.AppendLine(CultureInfo.InvariantCulture, $"clock {report.StartedAt:O}");
        foreach (var system in (string[])["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/proc/net/route", "/proc/net/ipv6_route", "/proc/net/dev"])
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"== {system}").AppendLine(ReadBounded(system));
        }

        foreach (var nic in System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces())
        {
            var addresses = nic.GetIPProperties().UnicastAddresses.Select(a => $"{a.Address}/{a.PrefixLength}");
            text.AppendLine(CultureInfo.InvariantCulture, $"interface {nic.Name} {nic.OperationalStatus} {string.Join(' ', addresses)}");
        }

        return text.ToString();
    }

    private static string ReadBounded(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            var buffer = new char[MaxFile];
            return new string(buffer, 0, reader.ReadBlock(buffer));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"not read: {e.Message}";
        }
    }

    private static void Add(ZipArchive zip, string name, string content, DateTimeOffset at)
    {
        var entry = zip.CreateEntry(name);
        entry.LastWriteTime = at;
        using var writer = new StreamWriter(entry.Open(), new UTF8Encoding(false));
        writer.Write(content);
    }
}
