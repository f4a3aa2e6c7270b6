namespace Culvert.Uplink;

/// <summary>Paths that come from the cloud and are asked for at the downloads endpoint.</summary>
internal static class PackagePath
{
    private const int MaxLength = 512;

    /// <summary>Whether the path stays at the endpoint: absolute, no other host (<c>//host</c>), no way up, only plain characters.</summary>
    public static bool IsSafe(string? path) =>
        path is { Length: > 1 and <= MaxLength } && path[0] == '/' && path[1] != '/'
        && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_')
        && !path.Split('/').Any(part => part is "." or "..");
}
