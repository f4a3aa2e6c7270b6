namespace Culvert.Storage.Sqlite;

/// <summary>Text that a user typed, as a LIKE pattern with <c>\</c> as escape.</summary>
internal static class SearchPattern
{
    /// <summary>Matches whatever contains the text; null for no or blank text.</summary>
    /// <param name="text">As typed.</param>
    public static string? Containing(string? text) => string.IsNullOrWhiteSpace(text)
        ? null
        : $"%{text.Trim().ToLowerInvariant().Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";
}
