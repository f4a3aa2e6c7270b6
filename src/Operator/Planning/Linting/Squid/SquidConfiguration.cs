namespace Culvert.Planning;

/// <summary>A squid.conf as far as it decides who may go where (Squid 5; cf.data.pre).</summary>
internal sealed class SquidConfiguration
{
    private SquidConfiguration(IReadOnlyList<SquidDirective> directives)
    {
        Directives = directives;
        Acls = new Dictionary<string, SquidAcl>(StringComparer.Ordinal);
        foreach (var acl in SquidAcl.BuiltIn)
        {
            Acls[acl.Name] = acl;
        }

        foreach (var directive in Of("acl").Where(d => d.Values.Count >= 2))
        {
            var name = directive.Values[0];
            if (!Acls.TryGetValue(name, out var acl) || acl.IsBuiltIn)
            {
                Acls[name] = acl = new SquidAcl(name, directive.Values[1], directive.Line);
            }

            acl.Add(directive.Values.Skip(2), directive.Line);
        }

        Access = [.. Of("http_access").Where(d => d.Values is ["allow" or "deny", ..])
            .Select(d => new SquidAccess(d, d.Values[0] == "allow", [.. d.Values.Skip(1)]))];
    }

    public IReadOnlyList<SquidDirective> Directives { get; }

    public Dictionary<string, SquidAcl> Acls { get; }

    public IReadOnlyList<SquidAccess> Access { get; }

    public static SquidConfiguration Parse(string text)
    {
        var directives = new List<SquidDirective>();
        var (number, start, open) = (0, 0, "");
        foreach (var raw in text.Split('\n'))
        {
            number++;
            start = open.Length == 0 ? number : start;
            var line = open + raw.TrimEnd('\r');
            // A backslash at the end joins the next line to this one.
            if (line.EndsWith('\\') && !line.TrimStart().StartsWith('#'))
            {
                open = line[..^1] + " ";
                continue;
            }

            open = "";
            var content = line.AsSpan().Trim();
            if (content.Length == 0 || content[0] == '#')
            {
                continue;
            }

            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            var comment = Array.FindIndex(words, w => w.StartsWith('#'));
            directives.Add(new SquidDirective(start, words[0], comment < 0 ? words[1..] : words[1..comment]));
        }

        return new SquidConfiguration(directives);
    }

    public IEnumerable<SquidDirective> Of(string name) => Directives.Where(d => d.Name == name);

    /// <summary>The line that decides a request, or null where the default does. Doubt about a line is resolved as told.</summary>
    public SquidAccess? Decide(SquidRequest request, bool doubtAllows)
    {
        foreach (var line in Access)
        {
            var match = line.Match(request, Acls);
            if (match == SquidMatch.Yes || (match == SquidMatch.Maybe && line.IsAllow == doubtAllows))
            {
                return line;
            }
        }

        return null;
    }

    /// <summary>Whether a request that no line matches is allowed: the opposite of the last line; without lines it is denied.</summary>
    public bool DefaultAllows => Access.Count > 0 && !Access[^1].IsAllow;
}
