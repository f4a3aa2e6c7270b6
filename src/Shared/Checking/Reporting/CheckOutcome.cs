namespace Culvert.Checking;

/// <summary>The result of a check in one word.</summary>
public enum CheckOutcome
{
    /// <summary>Every endpoint is reached by every route, and there is nothing to warn of.</summary>
    Passed,

    /// <summary>Every endpoint is reached by every route; something should be mended before it breaks or is abused.</summary>
    PassedWithWarnings,

    /// <summary>The sensor works, but not by every route, or something else is broken.</summary>
    Impaired,

    /// <summary>At least one endpoint is reached by no route: the sensor cannot work.</summary>
    NoWay,
}
