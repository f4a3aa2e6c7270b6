namespace Culvert.Cli;

/// <summary>A proxy of the demo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Level">Its Purdue level.</param>
/// <param name="Port">Where it listens on 127.0.0.1.</param>
internal sealed record DemoHop(string Name, string Level, int Port);
