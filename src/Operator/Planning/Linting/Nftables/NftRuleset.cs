namespace Culvert.Planning;

/// <summary>An nftables ruleset as far as it decides who may go where.</summary>
/// <param name="Chains">All chains.</param>
/// <param name="Timeouts">Time-outs of connection tracking that the ruleset sets.</param>
internal sealed record NftRuleset(IReadOnlyList<NftChain> Chains, IReadOnlyList<NftTimeout> Timeouts);

/// <summary>A chain.</summary>
internal sealed record NftChain(string Table, string Name, int Line)
{
    /// <summary>The hook it hangs on; null for a chain that others jump to.</summary>
    public string? Hook { get; set; }

    /// <summary>Filter, nat or route.</summary>
    public string? Type { get; set; }

    /// <summary>What becomes of a packet that no rule decides.</summary>
    public string Policy { get; set; } = "accept";

    public List<NftRule> Rules { get; } = [];
}

/// <summary>How long an established connection may be silent.</summary>
internal sealed record NftTimeout(int Line, string Name, TimeSpan Established);

/// <summary>A rule.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Text">As it is written.</param>
/// <param name="Matches">What must hold.</param>
/// <param name="Verdict">accept, drop, reject, return, jump NAME, goto NAME; empty where it decides nothing.</param>
internal sealed record NftRule(int Line, string Text, IReadOnlyList<NftMatch> Matches, string Verdict)
{
    public NftMatch? Find(string key) => Matches.FirstOrDefault(m => m.Key == key);

    public bool IsDeny => Verdict is "drop" or "reject";
}

/// <summary>One condition.</summary>
/// <param name="Key">saddr, daddr, dport, proto, state, iif, oif; anything else is a condition that is not understood.</param>
/// <param name="IsNot">Whether it must not hold.</param>
/// <param name="Values">One of these.</param>
internal sealed record NftMatch(string Key, bool IsNot, IReadOnlyList<string> Values);
