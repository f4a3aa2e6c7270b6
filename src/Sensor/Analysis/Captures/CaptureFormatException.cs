namespace Culvert.Analysis;

/// <summary>A capture that cannot be read (on); the message names the byte offset and what was expected.</summary>
public sealed class CaptureFormatException : Exception
{
    /// <summary>Makes one.</summary>
    public CaptureFormatException(long offset, string message)
        : base($"at byte {offset}: {message}") => Offset = offset;

    /// <summary>Where, in bytes from the start.</summary>
    public long Offset { get; }
}
