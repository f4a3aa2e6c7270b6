namespace Culvert.Browser.Tests.Browsing;

/// <summary>The Chromium that Debian packages; none is downloaded.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

    /// <summary>The program, or null where none is installed. CULVERT_CHROMIUM names another one.</summary>
    public static string? Find() => Environment.GetEnvironmentVariable("CULVERT_CHROMIUM") is { Length: > 0 } given
        ? given
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .OrderBy(file => Array.IndexOf(Names, Path.GetFileName(file)))
            .FirstOrDefault(File.Exists);
}
