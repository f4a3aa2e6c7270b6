namespace Culvert;

/// <summary>Where an alert stands.</summary>
public enum AlertStatus
{
    /// <summary>Nobody has looked at it.</summary>
    New,

    /// <summary>Somebody works on it; set in the cloud only.</summary>
    Active,

    /// <summary>Done; the same traffic opens a new alert.</summary>
    Closed,
}
