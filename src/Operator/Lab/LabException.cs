namespace Culvert.Lab;

/// <summary>The lab cannot do what was asked, for a reason that a person can read and act on.</summary>
public class LabException : Exception
{
    /// <summary>Makes one.</summary>
    public LabException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one that keeps its cause.</summary>
    public LabException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
