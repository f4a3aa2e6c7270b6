namespace Culvert;

/// <summary>How a health message is to be taken.</summary>
public enum HealthLevel
{
    /// <summary>Fine.</summary>
    Healthy,

    /// <summary>Works, but somebody should look.</summary>
    Warning,

    /// <summary>Does not do its work.</summary>
    Critical,
}
