namespace Culvert.Storage;

/// <summary>The content is longer than it may be; nothing was stored.</summary>
public sealed class BlobTooLargeException : IOException
{
    /// <summary>Makes it without a message.</summary>
    public BlobTooLargeException()
    {
    }

    /// <summary>Makes it with a message.</summary>
    /// <param name="message">What was too long, and the limit.</param>
    public BlobTooLargeException(string message)
        : base(message)
    {
    }

    /// <summary>Makes it with a message and its cause.</summary>
    /// <param name="message">What was too long, and the limit.</param>
    /// <param name="innerException">The cause.</param>
    public BlobTooLargeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
