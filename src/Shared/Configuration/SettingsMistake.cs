using System.Globalization;

namespace Culvert.Configuration;

/// <summary>One mistake in a settings file, told so that the person who wrote it can find and mend it.</summary>
/// <param name="File">The file as it was named to us.</param>
/// <param name="Line">From 1; 0 when the mistake is in no line (the file cannot be read).</param>
/// <param name="Column">From 1; 0 when the mistake is in no line.</param>
/// <param name="Field">The path of the field, such as <c>proxies[2].address</c>; empty for the file as a whole.</param>
/// <param name="Found">What was found. Never a secret.</param>
/// <param name="Expected">What was expected.</param>
public sealed record SettingsMistake(string File, int Line, int Column, string Field, string Found, string Expected)
{
    /// <summary><c>file:line:column: field.path: what was found; what was expected</c>, the form that editors and terminals make clickable.</summary>
    public override string ToString()
    {
        var place = Line == 0 ? File : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
        return Field.Length == 0 ? $"{place}: {Found}; {Expected}" : $"{place}: {Field}: {Found}; {Expected}";
    }
}
