namespace Culvert.Lab;

/// <summary>Something that answers in place of a host's own program.</summary>
internal interface IFaultServer : IAsyncDisposable
{
    /// <summary>The port that it listens on.</summary>
    int Port { get; }
}
