using System.CommandLine;
using System.CommandLine.Parsing;

namespace Culvert.Commands;

/// <summary>For checks that look at several options of a command.</summary>
public static class CommandResultExtensions
{
    /// <summary>The value of an option; its type's default where it cannot be read as such, which the parser tells by itself, after the checks.</summary>
    /// <param name="result">The command.</param>
    /// <param name="option">The option.</param>
    public static T? ReadOrDefault<T>(this CommandResult result, Option<T> option)
    {
        try
        {
            return result.GetValue(option);
        }
        catch (InvalidOperationException)
        {
            // The parser has no way to ask whether a value can be read.
            return default;
        }
    }
}
