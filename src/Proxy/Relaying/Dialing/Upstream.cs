using Culvert.Tunnels;

namespace Culvert.Relaying;

/// <summary>The way on: an open leg, or why there is none.</summary>
internal readonly record struct Upstream
{
    public Leg? Leg { get; init; }

    public Refusal? Refusal { get; init; }

    /// <summary>The address reached, or the parent's name.</summary>
    public string? NextHop { get; init; }

    /// <summary>The bytes of the answer, where they were made before.</summary>
    public byte[]? Answer { get; init; }

    /// <summary>What the parents said, nearest to the destination first.</summary>
    public IReadOnlyList<ProxyStatusEntry> Behind { get; init; }
}
