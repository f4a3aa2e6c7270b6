namespace Culvert.Storage;

/// <summary>A setting of the portal itself.</summary>
/// <param name="Name">Its name, as <c>retention</c>.</param>
/// <param name="Body">Its value, JSON.</param>
/// <param name="ChangedAt">When it was last changed.</param>
/// <param name="ChangedBy">By whom.</param>
public sealed record SettingEntry(string Name, string Body, DateTimeOffset ChangedAt, string ChangedBy);
