namespace Culvert.Storage;

/// <summary>Where a sensor stands in its life.</summary>
public enum SensorState
{
    /// <summary>Onboarded; its activation file has not been used.</summary>
    PendingActivation,

    /// <summary>It has a certificate.</summary>
    Active,

    /// <summary>It was active and has a new activation file that has not been used.</summary>
    PendingReactivation,

    /// <summary>An administrator took its identity away.</summary>
    Revoked,
}
