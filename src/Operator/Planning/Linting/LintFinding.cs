using System.Globalization;

namespace Culvert.Planning;

/// <summary>Something in an existing configuration that is wrong for carrying sensors' tunnels.</summary>
/// <param name="Rule">Which rule was broken, a short word such as <c>allow-before-deny</c>.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Line">From 1; 0 where something is missing that stands in no line.</param>
/// <param name="Found">What was found.</param>
/// <param name="Correction">What to do.</param>
public sealed record LintFinding(string Rule, LintSeverity Severity, int Line, string Found, string Correction)
{
    /// <summary>The finding as editors and terminals make it clickable.</summary>
    /// <param name="file">The file's name.</param>
    public string ToString(string file) => Line == 0 ? $"{file}: {Rule}: {Found}" : string.Create(CultureInfo.InvariantCulture, $"{file}:{Line}: {Rule}: {Found}");
}

/// <summary>How bad a finding is.</summary>
public enum LintSeverity
{
    /// <summary>Works, and should be better.</summary>
    Advice,

    /// <summary>Opens what must be closed, or breaks tunnels.</summary>
    Fault,
}
