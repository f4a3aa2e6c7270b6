namespace Culvert.Analysis;

/// <summary>A device's role in a protocol.</summary>
internal enum Role : byte
{
    Client,
    Server,
    Peer,
    Publisher,
}
