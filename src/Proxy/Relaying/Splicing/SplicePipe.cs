namespace Culvert.Relaying;

/// <summary>A pipe of the kernel.</summary>
/// <param name="ReadEnd">The descriptor that bytes come out of.</param>
/// <param name="WriteEnd">The descriptor that bytes go into.</param>
/// <param name="Slots">How many pieces it holds (pipe(7)); a piece is a byte to a page long.</param>
internal sealed record SplicePipe(int ReadEnd, int WriteEnd, int Slots);
