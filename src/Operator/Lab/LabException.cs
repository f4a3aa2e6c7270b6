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

    /// <summary>Makes one about a part of the site file.</summary>
    /// <param name="message">What cannot be done.</param>
    /// <param name="section">The part's section, as <c>proxies</c>.</param>
    /// <param name="name">The part's name.</param>
    public LabException(string message, string section, string name)
        : base(message) => (Section, PartName) = (section, name);

    /// <summary>The section of the site file that it is about; null where it is about none.</summary>
    public string? Section { get; }

    /// <summary>The name of the part in that section.</summary>
    public string? PartName { get; }
}
