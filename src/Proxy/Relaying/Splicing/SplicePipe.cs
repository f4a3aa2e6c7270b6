namespace Culvert.Relaying;

/// <summary>A pipe of the kernel.</summary>
internal sealed record SplicePipe(int ReadEnd, int WriteEnd);
