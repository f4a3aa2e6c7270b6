namespace Culvert.Checking;

/// <summary>How sure a finding is of its hop and cause.</summary>
public enum Confidence
{
    /// <summary>Other explanations are as good.</summary>
    Possible,

    /// <summary>The best explanation of what was seen.</summary>
    Likely,

    /// <summary>It was told or seen directly.</summary>
    Certain,
}
