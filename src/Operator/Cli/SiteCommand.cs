using System.CommandLine;
using System.Globalization;
using Culvert.Configuration;

namespace Culvert.Cli;

/// <summary><c>culvert site check FILE</c>: reads a site file and names every mistake.</summary>
internal static class SiteCommand
{
    public static Command Create(Output output)
    {
        var file = new Argument<string>("FILE") { Description = "The site file (YAML). samples/ has one for every connection method." };
        var check = new Command("check", "Names every mistake in a site file, with line, field and what was expected.") { file };
        check.SetAction(parsed => Check(parsed.GetRequiredValue(file), output));
        return new Command("site", "Works with site files.") { check };
    }

    /// <summary>Reads a site file, or complains of each mistake.</summary>
    public static SiteFile? Read(string path, Output output)
    {
        var result = SiteFileReader.Load(path);
        if (result.TryGet(out var site))
        {
            return site;
        }

        foreach (var mistake in result.Mistakes)
        {
            output.Explain(mistake.ToString());
        }

        output.Complain(string.Create(CultureInfo.InvariantCulture, $"{path} has {result.Mistakes.Count} {(result.Mistakes.Count == 1 ? "mistake" : "mistakes")}."));
        return null;
    }

    private static int Check(string path, Output output)
    {
        if (Read(path, output) is not { } site)
        {
            return ExitCode.BadFile;
        }

        output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{path} is in order: {site.DisplayName}, {Many(site.Zones.Count, "zone")}, {Many(site.Sensors.Count, "sensor")}, {Many(site.Proxies.Count, "proxy", "proxies")}, {Many(site.Firewalls.Count, "firewall")}, {Many(site.Clouds.Count, "cloud")}."));
        return ExitCode.Fine;
    }

    private static string Many(int count, string one, string? several = null) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : several ?? one + "s")}");
}
