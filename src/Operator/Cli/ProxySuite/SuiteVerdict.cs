namespace Culvert.Cli;

/// <summary>What came of one case.</summary>
internal enum SuiteVerdict
{
    /// <summary>The proxy did as it should.</summary>
    Passed,

    /// <summary>It did not.</summary>
    Failed,

    /// <summary>The case does not fit this proxy or this way of running the suite.</summary>
    NotApplicable,
}
