using System.Net;

namespace Culvert.Relaying;

/// <summary>The Purdue level of those who ask from a network.</summary>
/// <param name="Source">The network.</param>
/// <param name="Level">Its level.</param>
public sealed record SourceLevel(IPNetwork Source, PurdueLevel Level);
