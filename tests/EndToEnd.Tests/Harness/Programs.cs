namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>Where the built programs are: beside the tests, of the same configuration.</summary>
internal static class Programs
{
    public static string Portal { get; } = Find("Culvert.PortalHost", "culvert-portal");

    public static string Proxy { get; } = Find("Culvert.ProxyHost", "culvert-proxy");

    public static string Sensor { get; } = Find("Culvert.SensorHost", "culvert-sensor");

    public static string Cli { get; } = Find("Culvert.Cli", "culvert");

    private static string Find(string project, string program)
    {
        // artifacts/bin/<test project>/<configuration>/ -> artifacts/bin/<project>/<configuration>/<program>
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var file = Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, program);
        return File.Exists(file) ? file : throw new FileNotFoundException($"{program} is not built: {file}");
    }
}
