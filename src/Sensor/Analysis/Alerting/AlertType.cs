namespace Culvert.Analysis;

/// <summary>One kind of alert in the catalogue. Compared by reference: there is one object of each kind.</summary>
/// <param name="id">As <c>new-asset-detected</c>.</param>
/// <param name="title">What people read.</param>
/// <param name="engine">Who raises it.</param>
/// <param name="severity">How severe.</param>
/// <param name="category">One of the categories of docs/operations/alerts.md.</param>
/// <param name="learnable">Whether "learn" makes sense.</param>
/// <param name="techniques">MITRE ATT&amp;CK for ICS techniques.</param>
public sealed class AlertType(string id, string title, AlertEngine engine, AlertSeverity severity, string category, bool learnable, params string[] techniques)
{
    /// <summary>As <c>new-asset-detected</c>.</summary>
    public string Id { get; } = id;

    /// <summary>What people read.</summary>
    public string Title { get; } = title;

    /// <summary>Who raises it.</summary>
    public AlertEngine Engine { get; } = engine;

    /// <summary>How severe.</summary>
    public AlertSeverity Severity { get; } = severity;

    /// <summary>One of the categories of docs/operations/alerts.md.</summary>
    public string Category { get; } = category;

    /// <summary>Whether "learn" makes sense.</summary>
    public bool Learnable { get; } = learnable;

    /// <summary>MITRE ATT&amp;CK for ICS techniques.</summary>
    public IReadOnlyList<string> Techniques { get; } = techniques;
}
