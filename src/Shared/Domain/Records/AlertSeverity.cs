namespace Culvert;

/// <summary>How severe an alert is, as the sensor says it. The portal shows High, Medium and Low.</summary>
public enum AlertSeverity
{
    /// <summary>Shown as Low.</summary>
    Warning,

    /// <summary>Shown as Low.</summary>
    Minor,

    /// <summary>Shown as Medium.</summary>
    Major,

    /// <summary>Shown as High.</summary>
    Critical,
}
