namespace Culvert.Planning;

/// <summary>One directive of a squid.conf.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Name">Its name.</param>
/// <param name="Values">What follows, split at spaces.</param>
internal sealed record SquidDirective(int Line, string Name, IReadOnlyList<string> Values)
{
    public override string ToString() => $"{Name} {string.Join(' ', Values)}";
}
