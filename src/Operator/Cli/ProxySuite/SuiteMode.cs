namespace Culvert.Cli;

/// <summary>How the proxy under test stands on the way.</summary>
internal enum SuiteMode
{
    /// <summary>It dials destinations itself.</summary>
    Direct,

    /// <summary>It passes everything to one parent, which misbehaves.</summary>
    Child,

    /// <summary>It has two parents; the preferred one is broken.</summary>
    TwoParents,

    /// <summary>It has one parent, which is not there at first and then is.</summary>
    Returning,
}
