using System.IO.Compression;
using System.Net;
using System.Text;
using Culvert.Configuration;
using Culvert.Planning;

namespace Culvert.PortalHost;

/// <summary>What the planner does for pages and API: from a site file's text to its plan, and the plan as one file.</summary>
internal static class SitePlanning
{
    /// <summary>Longest site file, characters.</summary>
    public const int MaxLength = 512 * 1024;

    // The earliest a ZIP archive can say: the same plan is the same bytes on any day.
    private static readonly DateTimeOffset Undated = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads a site file and derives its plan; all mistakes at once otherwise.</summary>
    /// <param name="text">The site file: YAML.</param>
    public static (SiteFile? Site, SitePlan? Plan, IReadOnlyList<string> Mistakes) Derive(string text)
    {
        if (text.Length > MaxLength)
        {
            return (null, null, [$"The site file is longer than {MaxLength} characters."]);
        }

        var result = SiteFileReader.Parse(text, "site.yaml");
        return result.TryGet(out var site) ? (site, SitePlan.Create(site), []) : (null, null, [.. result.Mistakes.Select(m => m.ToString())]);
    }

    /// <summary>A plan as a ZIP archive, a folder for each team; the same bytes for the same site file.</summary>
    /// <param name="siteText">The site file it was derived from.</param>
    /// <param name="plan">The plan.</param>
    public static byte[] Zip(string siteText, SitePlan plan)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in plan.Files.Select(f => (f.Path, f.Content)).Append(("site.yaml", siteText)).OrderBy(f => f.Item1, StringComparer.Ordinal))
            {
                var entry = archive.CreateEntry(path, CompressionLevel.Optimal);
                entry.LastWriteTime = Undated;
                using var stream = entry.Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return bytes.ToArray();
    }

    /// <summary>A site file to start from, for the answers given, with this portal as its cloud.</summary>
    /// <param name="answers">The answers.</param>
    /// <param name="portal">The portal's address, where it is known.</param>
    public static string Draft(MethodAnswers answers, HostPort? portal)
    {
        var facts = new SiteFacts { PlantProxyNetwork = IPNetwork.Parse("10.10.3.0/24"), DmzProxyNetwork = IPNetwork.Parse("10.10.35.0/24") };
        var site = SiteDraft.Create(answers, facts);
        if (portal is { } address)
        {
            site = site with
            {
                Clouds = [.. site.Clouds.Select(c => c with { Endpoints = [.. c.Endpoints.Select(e => new SiteEndpoint(new CloudEndpoint(e.Endpoint.Service, address), []))] })],
            };
        }

        return SiteFileWriter.Write(site, "A start that is valid. Put the plant's own zones, addresses and names in.");
    }
}
