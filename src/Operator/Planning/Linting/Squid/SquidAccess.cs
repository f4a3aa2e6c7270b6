namespace Culvert.Planning;

/// <summary>One http_access line.</summary>
internal sealed record SquidAccess(SquidDirective Directive, bool IsAllow, IReadOnlyList<string> Names)
{
    public int Line => Directive.Line;

    public SquidMatch Match(SquidRequest request, Dictionary<string, SquidAcl> acls)
    {
        var result = SquidMatch.Yes;
        foreach (var name in Names)
        {
            var isNot = name.StartsWith('!');
            var match = acls.TryGetValue(isNot ? name[1..] : name, out var acl) ? acl.Match(request) : SquidMatch.Maybe;
            match = isNot ? Opposite(match) : match;
            if (match == SquidMatch.No)
            {
                return SquidMatch.No;
            }

            result = match == SquidMatch.Maybe ? SquidMatch.Maybe : result;
        }

        return result;
    }

    private static SquidMatch Opposite(SquidMatch match) => match switch
    {
        SquidMatch.Yes => SquidMatch.No,
        SquidMatch.No => SquidMatch.Yes,
        _ => SquidMatch.Maybe,
    };
}

/// <summary>Whether something matches; Maybe where that can't be known from the file.</summary>
internal enum SquidMatch
{
    No,
    Maybe,
    Yes,
}
