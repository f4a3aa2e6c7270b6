namespace Culvert.Lab;

/// <summary>The fault cannot be made on this machine, because the kernel or a program lacks what it needs, or this user may not use it.</summary>
public sealed class FaultLacksException : LabException
{
    /// <summary>Makes one.</summary>
    public FaultLacksException(string message, Exception? inner = null)
        : base(message, inner!)
    {
    }
}
