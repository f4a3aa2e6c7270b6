namespace Culvert.Storage;

/// <summary>Column by which alerts are ordered.</summary>
public enum AlertSort
{
    /// <summary>By last detection.</summary>
    LastDetection,

    /// <summary>By first detection.</summary>
    FirstDetection,

    /// <summary>By severity.</summary>
    Severity,

    /// <summary>By title.</summary>
    Title,

    /// <summary>By site.</summary>
    Site,

    /// <summary>By zone.</summary>
    Zone,

    /// <summary>By engine.</summary>
    Engine,

    /// <summary>By status.</summary>
    Status,

    /// <summary>By sensor.</summary>
    Sensor,
}
