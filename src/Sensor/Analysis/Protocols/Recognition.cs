namespace Culvert.Analysis;

/// <summary>What a payload was found to be.</summary>
/// <param name="Protocol">The protocol; <see cref="ProtocolId.None"/> when it was not recognised.</param>
/// <param name="Role">The sender's role in it.</param>
internal readonly record struct Recognition(ProtocolId Protocol, Role Role)
{
    public bool IsKnown => Protocol != ProtocolId.None;
}
