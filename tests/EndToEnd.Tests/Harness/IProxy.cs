namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>A running proxy on 127.0.0.1, whoever made it.</summary>
internal interface IProxy : IAsyncDisposable
{
    string Name { get; }

    int Port { get; }
}
