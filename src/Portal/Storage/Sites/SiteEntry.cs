namespace Culvert.Storage;

/// <summary>A location.</summary>
public sealed record SiteEntry
{
    /// <summary>Its name, unique whatever the letter case, 1 to 128 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The name people read; the name itself when empty.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>One or more e-mail addresses, as written.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Free key and value pairs.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Its zones, ordered by name.</summary>
    public IReadOnlyList<ZoneEntry> Zones { get; init; } = [];

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
