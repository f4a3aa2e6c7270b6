using System.Xml.Linq;

namespace Culvert.Architecture.Tests;

/// <summary>Dependencies point one way: host -> part -> Shared -> Domain. Adding an edge is a reviewed line in this table.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Shared/Domain"] = [],
        ["Shared/Configuration"] = ["Domain"],
        ["Shared/Tunnels"] = ["Domain"],
        ["Shared/Checking"] = ["Domain", "Tunnels"],
        ["Shared/Commands"] = [],
        ["Sensor/Analysis"] = ["Domain"],
        ["Sensor/Outbox"] = ["Domain"],
        ["Sensor/Uplink"] = ["Domain", "Tunnels", "Outbox"],
        ["Sensor/SensorHost"] = ["Domain", "Commands", "Configuration", "Tunnels", "Checking", "Analysis", "Outbox", "Uplink"],
        ["Proxy/Relaying"] = ["Domain", "Tunnels"],
        ["Proxy/ProxyHost"] = ["Domain", "Commands", "Configuration", "Tunnels", "Relaying"],
        ["Portal/Storage"] = ["Domain"],
        ["Portal/Storage.Sqlite"] = ["Domain", "Storage"],
        ["Portal/CloudServices"] = ["Domain", "Storage"],
        // The portal has the planner's pages; planning is pure.
        ["Portal/PortalHost"] = ["Domain", "Commands", "Configuration", "Tunnels", "Storage", "Storage.Sqlite", "CloudServices", "Planning"],
        ["Operator/Planning"] = ["Domain"],
        ["Operator/Lab"] = ["Domain", "Configuration", "Tunnels", "Checking", "Planning"],
        ["Operator/Cli"] = ["Domain", "Commands", "Configuration", "Tunnels", "Checking", "Planning", "Lab"],
    };

    [Fact]
    public void Every_project_refers_only_to_what_the_table_allows()
    {
        var mistakes = new List<string>();
        foreach (var (place, references) in ReadReferences())
        {
            if (!Allowed.TryGetValue(place, out var allowed))
            {
                mistakes.Add($"src/{place} is not in the table.");
                continue;
            }

            mistakes.AddRange(references.Except(allowed).Select(r => $"src/{place} refers to {r}, which the table does not allow."));
        }

        Assert.Empty(mistakes);
    }

    [Fact]
    public void The_table_names_no_project_that_is_gone() => Assert.Empty(Allowed.Keys.Except(ReadReferences().Keys));

    [Fact]
    public void Domain_has_no_packages()
    {
        var project = XDocument.Load(Path.Combine(RepositoryRoot.Path, "src/Shared/Domain/Culvert.Domain.csproj"));
        Assert.Empty(project.Descendants("PackageReference"));
    }

    private static Dictionary<string, string[]> ReadReferences()
    {
        var src = Path.Combine(RepositoryRoot.Path, "src");
        return Directory.EnumerateFiles(src, "*.csproj", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(src, Path.GetDirectoryName(file)!).Replace('\\', '/'),
            file => XDocument.Load(file).Descendants("ProjectReference")
                // A build-only reference orders the build and gives no types.
                .Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
                .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/'))["Culvert.".Length..])
                .ToArray());
    }
}
