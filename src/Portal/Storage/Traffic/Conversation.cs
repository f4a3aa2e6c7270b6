namespace Culvert.Storage;

/// <summary>What one address said to another in one protocol, over all intervals asked for.</summary>
/// <param name="Zone">The zone.</param>
/// <param name="Source">Sender.</param>
/// <param name="Destination">Receiver.</param>
/// <param name="Protocol">Protocol.</param>
/// <param name="Frames">Frames.</param>
/// <param name="Bytes">Bytes on the wire.</param>
public sealed record Conversation(string Zone, string Source, string Destination, string Protocol, long Frames, long Bytes);
