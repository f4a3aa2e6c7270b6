namespace Culvert.Lab;

/// <summary>Finds programs as a shell does, and where Debian keeps those of the administrator.</summary>
internal static class ProgramPath
{
    /// <summary>The full path, or null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/sbin", "/sbin", "/usr/bin", "/bin"])
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
