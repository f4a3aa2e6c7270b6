using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Culvert.Commands;

/// <summary>What is wrong with a command line, in sentences, and what was probably meant; the same for every program.</summary>
public sealed partial class CommandLineMistakes
{
    // Two letters off, as 'statu' and 'lits', is a slip; more is another word.
    private const int MaxDistance = 2;

    private CommandLineMistakes(IReadOnlyList<string> complaints, IReadOnlyList<string> explanations) => (Complaints, Explanations) = (complaints, explanations);

    /// <summary>What is wrong, a sentence each; at least one.</summary>
    public IReadOnlyList<string> Complaints { get; }

    /// <summary>Lines that help: the commands there are, and where to read more.</summary>
    public IReadOnlyList<string> Explanations { get; }

    /// <summary>Parses a command line; the mistakes are null where there are none, and the result is null where it cannot be parsed at all.</summary>
    /// <param name="root">The program's commands.</param>
    /// <param name="program">The program's name, as it is called.</param>
    /// <param name="arguments">The command line.</param>
    public static (ParseResult? Parsed, CommandLineMistakes? Mistakes) Read(RootCommand root, string program, string[] arguments)
    {
        try
        {
            var parsed = root.Parse(arguments);
            return (parsed, Of(parsed, program));
        }
        catch (InvalidOperationException e) when (Unreadable.IsMatch(e.Message))
        {
            // A check of a value asked for it before the parser had told that it cannot be read.
            return (null, new CommandLineMistakes([Sentence(e.Message)], [$"Try: {program} --help"]));
        }
    }

    /// <summary>Finds the mistakes; null where there are none.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="program">The program's name, as it is called.</param>
    public static CommandLineMistakes? Of(ParseResult parsed, string program)
    {
        var command = parsed.CommandResult.Command;
        var complaints = new List<string>();
        // An option that the command does not have can be taken for its argument: `plan --out`.
        var swallowed = parsed.Tokens.Any(t => t.Type == TokenType.DoubleDash) ? [] : parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(a => a.Tokens).Select(t => t.Value).Where(v => v.StartsWith("--", StringComparison.Ordinal));
        complaints.AddRange(swallowed.Select(v => NoSuch(v, parsed.CommandResult)));
        var (unmatched, needsCommand) = (parsed.UnmatchedTokens, command.Subcommands.Count > 0 && command.Action is null);
        if (unmatched.Count > 0 && complaints.Count == 0)
        {
            // What follows a command or an option that is not there belongs to it.
            var options = unmatched.Where(v => v.StartsWith('-')).ToList();
            complaints.AddRange((needsCommand ? unmatched.Take(1) : options.Count > 0 ? options : unmatched).Select(v => NoSuch(v, parsed.CommandResult)));
        }

        if (parsed.Errors.Count == 0 && complaints.Count == 0)
        {
            return null;
        }

        var explanations = new List<string>();
        if (complaints.Count == 0 && needsCommand)
        {
            complaints.Add("a command is needed");
            var shown = command.Subcommands.Where(c => !c.Hidden).ToList();
            var width = shown.Max(c => c.Name.Length);
            explanations.AddRange(shown.Select(c => $"  {c.Name.PadRight(width)}  {c.Description}"));
        }
        else if (unmatched.Count == 0)
        {
            complaints.AddRange(parsed.Errors.Select(Sentence).Distinct());
        }

        explanations.Add($"Try: {string.Join(' ', [program, .. PathOf(parsed.CommandResult)])} --help");
        return new CommandLineMistakes(complaints, explanations);
    }

    /// <summary>Writes them, each complaint after the program's name.</summary>
    /// <param name="errors">Where to.</param>
    /// <param name="program">The program's name.</param>
    public void WriteTo(TextWriter errors, string program)
    {
        foreach (var complaint in Complaints)
        {
            errors.WriteLine($"{program}: {complaint}");
        }

        foreach (var explanation in Explanations)
        {
            errors.WriteLine(explanation);
        }
    }

    // The parser names .NET's types.
    private static string Sentence(ParseError error) => error.SymbolResult is OptionResult { Tokens: [var token] } result && error.Message.StartsWith("Cannot parse", StringComparison.Ordinal)
        ? $"{result.Option.Name}: '{token.Value}' is not {Expected(result.Option)}"
        : Sentence(error.Message);

    private static string Sentence(string message) => Unreadable.Match(message) is { Success: true } match
        ? $"{(match.Groups["kind"].Value == "option" ? $"{match.Groups["name"].Value}: " : "")}'{match.Groups["value"].Value}' is not {match.Groups["type"].Value switch { "System.Int32" or "System.Int64" => "a whole number", "System.Double" => "a number", _ => "what is expected there" }}"
        : message.ReplaceLineEndings(" ").Trim();

    private static string Expected(Option option)
    {
        var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        return option.HelpName is { } name && name.Contains('|', StringComparison.Ordinal) ? $"one of {name.Replace("|", ", ", StringComparison.Ordinal)}"
            : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName))}"
            : Type.GetTypeCode(type) switch
            {
                TypeCode.Int32 or TypeCode.Int64 => "a whole number",
                TypeCode.Double or TypeCode.Decimal => "a number",
                _ => option.HelpName ?? "what is expected there",
            };
    }

    private static IEnumerable<string> PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? [.. PathOf(parent), result.Command.Name] : [];

    private static string NoSuch(string word, CommandResult result)
    {
        var isOption = word.StartsWith('-');
        var known = isOption ? OptionsOf(result) : result.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        var name = word.Split('=', 2)[0];
        var meant = known.Select(k => (Name: k, Distance: Distance(name, k))).Where(k => k.Distance <= MaxDistance || (name.Length > 2 && k.Name.StartsWith(name, StringComparison.Ordinal)))
            .OrderBy(k => k.Distance).Select(k => k.Name).FirstOrDefault();
        var kind = isOption ? $"there is no option '{word}'" : result.Command.Subcommands.Count > 0 ? $"there is no command '{word}'" : $"'{word}' is one argument too many";
        return meant is null ? kind : $"{kind}; did you mean '{meant}'?";
    }

    private static IEnumerable<string> OptionsOf(CommandResult result)
    {
        var own = result.Command.Options.Where(o => !o.Hidden).SelectMany(o => o.Aliases.Prepend(o.Name));
        return result.Parent is CommandResult parent
            ? own.Concat(parent.Command.Options.Where(o => o.Recursive && !o.Hidden).SelectMany(o => o.Aliases.Prepend(o.Name)))
            : own;
    }

    [GeneratedRegex("^Cannot parse argument '(?<value>.*)' for (?<kind>option|command) '(?<name>[^']*)' as expected type '(?<type>[^']*)'")]
    private static partial Regex Unreadable { get; }

    // Levenshtein, with two neighbours swapped counted once; the words are short.
    private static int Distance(string a, string b)
    {
        var distances = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distances[i, j] = i + j;
                    continue;
                }

                var replaced = distances[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                distances[i, j] = Math.Min(replaced, Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    distances[i, j] = Math.Min(distances[i, j], distances[i - 2, j - 2] + 1);
                }
            }
        }

        return distances[a.Length, b.Length];
    }
}
