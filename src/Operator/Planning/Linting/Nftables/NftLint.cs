using System.Globalization;

namespace Culvert.Planning;

/// <summary>What is wrong in an nftables ruleset.</summary>
internal static class NftLint
{
    private const int MaxRules = 20_000;
    private const int MaxDepth = 8;

    // More ports than a person would list.
    private const int ManyPorts = 100;

    public static IEnumerable<LintFinding> Run(NftRuleset ruleset, LintExpectation expectation)
    {
        var chains = ruleset.Chains.Where(c => c.Hook is "forward" or "input" && c.Type is null or "filter").ToList();
        // A machine that forwards is judged by what it forwards; one that does not, by what it takes in.
        chains = chains.Exists(c => c.Hook == "forward") ? [.. chains.Where(c => c.Hook == "forward")] : chains;
        var findings = new List<LintFinding>();
        if (chains.Count == 0)
        {
            findings.Add(new LintFinding("no-filter", LintSeverity.Fault, 0, "no chain filters what is forwarded", "Begin with: chain forward { type filter hook forward priority filter; policy drop; }"));
            return findings;
        }

        var all = new List<NftRule>();
        foreach (var chain in chains)
        {
            var rules = Flatten(chain, ruleset, 0).Take(MaxRules).ToList();
            all.AddRange(rules);
            findings.AddRange(End(chain, rules));
            findings.AddRange(rules.Where(r => r.Verdict == "accept" && !IsHarmless(r)).SelectMany(Wide));
            findings.AddRange(Late(rules));
        }

        findings.AddRange(Missing(all, expectation));
        findings.AddRange(ruleset.Timeouts.Where(t => t.Established <= expectation.Heartbeat).Select(t => new LintFinding("idle-timeout", LintSeverity.Fault, t.Line,
            $"'{t.Name}' forgets an established connection after {Yaml.Duration(t.Established)}, and the sensor's heartbeat comes every {Yaml.Duration(expectation.Heartbeat)}",
            $"established : at least {(long)expectation.Heartbeat.TotalSeconds * 5}")));
        return findings;
    }

    // The rules of a chain with those it jumps to in their places.
    private static IEnumerable<NftRule> Flatten(NftChain chain, NftRuleset ruleset, int depth)
    {
        foreach (var rule in chain.Rules)
        {
            var target = rule.Verdict.StartsWith("jump ", StringComparison.Ordinal) || rule.Verdict.StartsWith("goto ", StringComparison.Ordinal) ? rule.Verdict[5..] : null;
            if (target is null)
            {
                yield return rule;
            }
            else if (depth < MaxDepth && ruleset.Chains.FirstOrDefault(c => c.Table == chain.Table && c.Name == target) is { } called)
            {
                foreach (var inner in Flatten(called, ruleset, depth + 1))
                {
                    yield return inner with { Matches = [.. rule.Matches, .. inner.Matches] };
                }
            }
        }
    }

    private static IEnumerable<LintFinding> End(NftChain chain, List<NftRule> rules)
    {
        if (chain.Policy != "drop" && !rules.Exists(r => r.IsDeny && r.Matches.Count == 0))
        {
            yield return new LintFinding("no-final-deny", LintSeverity.Fault, chain.Line, $"chain {chain.Name} lets through whatever no rule decides", "Write 'policy drop;' in the chain's first line.");
        }
    }

    // Answers, this machine itself, and the messages without which paths break.
    private static bool IsHarmless(NftRule rule) =>
        (rule.Find("state") is { IsNot: false } state && state.Values.All(v => v is "established" or "related"))
        || rule.Find("iif") is { IsNot: false, Values: ["lo"] }
        || rule.Find("proto") is { IsNot: false } proto && proto.Values.All(v => v is "icmp" or "icmpv6" or "ipv6-icmp");

    private static IEnumerable<LintFinding> Wide(NftRule rule)
    {
        if (rule.Find("saddr") is not { IsNot: false } source || NftValues.IsEverything(source))
        {
            yield return new LintFinding("any-source", LintSeverity.Fault, rule.Line, $"'{rule.Text}' does not say who may", "Add the sensors' or the proxy's address: ip saddr ADDRESS");
        }

        if (rule.Find("daddr") is not { IsNot: false } destination || NftValues.IsEverything(destination))
        {
            yield return new LintFinding("any-destination", LintSeverity.Fault, rule.Line, $"'{rule.Text}' leads anywhere", "Add the destination: ip daddr ADDRESS, or a set that 'culvert endpoints --format nftables' fills");
        }

        var isPortless = rule.Find("proto") is { IsNot: false } proto && proto.Values.All(v => v is "esp" or "ah" or "gre" or "50" or "51" or "47");
        if (!isPortless && (rule.Find("dport") is not { } port || NftValues.CountPorts(port) > ManyPorts))
        {
            yield return new LintFinding("connect-other-ports", LintSeverity.Fault, rule.Line, $"'{rule.Text}' opens more ports than one", "Add the port: tcp dport 443");
        }
    }

    private static IEnumerable<LintFinding> Late(List<NftRule> rules)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            var deny = rules[i];
            if (!deny.IsDeny || deny.Matches.Count == 0 || (deny.Find("state") is { } state && state.Values.Contains("invalid")))
            {
                continue;
            }

            var early = rules.Take(i).FirstOrDefault(r => r.Verdict == "accept" && !IsHarmless(r)
                && r.Matches.All(m => deny.Matches.Where(d => d.Key == m.Key).All(d => NftValues.Overlap(m, d)))
                // A condition of the accept that the deny does not have narrows it; then most of the deny still works.
                && r.Matches.Where(m => m.Key is not ("state" or "proto")).All(m => deny.Matches.Any(d => d.Key == m.Key)));
            if (early is not null)
            {
                yield return new LintFinding("allow-before-deny", LintSeverity.Fault, early.Line,
                    string.Create(CultureInfo.InvariantCulture, $"'{early.Text}' lets through what '{deny.Text}' on line {deny.Line} is meant to stop: the first rule that decides wins"),
                    string.Create(CultureInfo.InvariantCulture, $"Move line {deny.Line} above line {early.Line}."));
            }
        }
    }

    private static IEnumerable<LintFinding> Missing(List<NftRule> rules, LintExpectation expectation)
    {
        foreach (var destination in expectation.Destinations)
        {
            var isThere = rules.Exists(r => r.Verdict == "accept" && !IsHarmless(r) && NftValues.Covers(r.Find("dport"), destination.Port)
                && (destination.Addresses.Count == 0 ? r.Find("daddr") is null or { Values: [['@' or '$', ..], ..] } : destination.Addresses.All(a => NftValues.Covers(r.Find("daddr"), a))));
            if (!isThere)
            {
                var where = destination.Addresses.Count > 0 ? string.Join(", ", destination.Addresses) : "a set that 'culvert endpoints --format nftables' fills";
                yield return new LintFinding("missing-endpoint", LintSeverity.Fault, 0,
                    string.Create(CultureInfo.InvariantCulture, $"{destination.Host}:{destination.Port} is let through by no rule"),
                    string.Create(CultureInfo.InvariantCulture, $"Add: ip saddr ADDRESS ip daddr {where} tcp dport {destination.Port} ct state new accept"));
            }
        }
    }
}
