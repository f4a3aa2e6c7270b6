using Spectre.Console;

namespace Culvert.Cli;

/// <summary>Asks questions: with prompts on a terminal, line by line from a pipe, so that a script can answer too.</summary>
internal sealed class Questioner(Output output, TextReader input, bool isTerminal)
{
    private int _asked;

    /// <summary>Asks on the process's own standard input.</summary>
    public static Questioner Standard(Output output) => new(output, Console.In, output.IsTerminal && !Console.IsInputRedirected);

    /// <summary>A yes or no; an empty answer means the one given.</summary>
    public bool Confirm(string question, string help, bool usual)
    {
        if (isTerminal)
        {
            output.Console.MarkupLine($"[grey]{Markup.Escape(help)}[/]");
            return output.Console.Prompt(new ConfirmationPrompt(Markup.Escape(question)) { DefaultValue = usual });
        }

        return Read($"{question} (y/n) [{(usual ? "y" : "n")}]", usual ? "y" : "n", "y or n", Parse);

        static bool? Parse(string text) => text.ToLowerInvariant() switch { "y" or "yes" => true, "n" or "no" => false, _ => null };
    }

    /// <summary>One of several words.</summary>
    public string Choose(string question, IReadOnlyList<string> words, string usual)
    {
        if (isTerminal)
        {
            return output.Console.Prompt(new SelectionPrompt<string>().Title(Markup.Escape(question)).AddChoices(words.OrderByDescending(w => w == usual)));
        }

        return Read<string>($"{question} ({string.Join(", ", words)}) [{usual}]", usual, $"one of {string.Join(", ", words)}", t => words.Contains(t) ? new Box<string>(t) : null);
    }

    /// <summary>A value that is read from text; <paramref name="parse"/> gives null for a wrong one.</summary>
    public T Ask<T>(string question, string usual, string expected, Func<string, Box<T>?> parse)
    {
        if (!isTerminal)
        {
            return Read($"{question} [{usual}]", usual, expected, parse);
        }

        var text = output.Console.Prompt(new TextPrompt<string>(Markup.Escape(question)).DefaultValue(usual)
            .Validate(t => parse(t) is null ? ValidationResult.Error($"[red]expected {Markup.Escape(expected)}[/]") : ValidationResult.Success()));
        return parse(text)!.Value;
    }

    private bool Read(string question, string usual, string expected, Func<string, bool?> parse) => Read<bool>(question, usual, expected, t => parse(t) is { } b ? new Box<bool>(b) : null);

    // A script that answers wrongly must not go on with its next answer as if it were this one's.
    private T Read<T>(string question, string usual, string expected, Func<string, Box<T>?> parse)
    {
        _asked++;
        output.Line(question);
        var line = input.ReadLine() ?? throw new QuestionException($"the answers ended at question {_asked}, '{question}'");
        var text = line.Trim();
        return parse(text.Length == 0 ? usual : text) is { } value ? value.Value : throw new QuestionException($"answer {_asked}, '{text}', to '{question}': expected {expected}");
    }

    /// <summary>A value that may be wrong, of any type.</summary>
    /// <param name="Value">The value.</param>
    internal sealed record Box<T>(T Value);
}
