namespace Culvert.Lab;

/// <summary>The fault cannot be made at this hop, because the hop has nothing of the kind.</summary>
public sealed class FaultNotHereException : LabException
{
    /// <summary>Makes one.</summary>
    public FaultNotHereException(string message)
        : base(message)
    {
    }
}
