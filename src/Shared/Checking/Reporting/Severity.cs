namespace Culvert.Checking;

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>Good to know.</summary>
    Note,

    /// <summary>The product works; something should be mended before it breaks or is abused.</summary>
    Warning,

    /// <summary>Something does not work.</summary>
    Fault,
}
