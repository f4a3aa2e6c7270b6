namespace Culvert;

/// <summary>What a sensor watches.</summary>
public enum SensorType
{
    /// <summary>An operational-technology network.</summary>
    Ot,

    /// <summary>An enterprise network with IoT devices.</summary>
    EnterpriseIot,
}
