namespace Culvert.Storage;

/// <summary>How a change ended.</summary>
public enum StoreOutcome
{
    /// <summary>It is committed.</summary>
    Done,

    /// <summary>What was to be changed is not there.</summary>
    NotFound,

    /// <summary>The name is taken, or something still depends on it.</summary>
    Conflict,
}
