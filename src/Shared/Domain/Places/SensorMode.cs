namespace Culvert;

/// <summary>Whether a sensor reports to a cloud.</summary>
public enum SensorMode
{
    /// <summary>Reports to the cloud and takes packages, settings and commands from it.</summary>
    CloudConnected,

    /// <summary>Stays on its own; packages and settings are carried to it by hand.</summary>
    LocallyManaged,
}
