namespace Culvert.Storage;

/// <summary>How much was said in one protocol.</summary>
/// <param name="Protocol">Protocol.</param>
/// <param name="Frames">Frames.</param>
/// <param name="Bytes">Bytes on the wire.</param>
public sealed record ProtocolShare(string Protocol, long Frames, long Bytes);
