namespace Culvert.Analysis;

/// <summary>Bytes that betray malware in a payload; the index is its place in the package.</summary>
internal sealed record PayloadSignature(int Index, string Id, string Name, byte[] Bytes);
