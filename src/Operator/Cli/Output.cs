using Spectre.Console;

namespace Culvert.Cli;

/// <summary>What a person reads. Colour and movement only on a terminal; plain lines in a pipe or file.</summary>
internal sealed class Output(IAnsiConsole console, IAnsiConsole errors)
{
    /// <summary>The process's own standard output and error.</summary>
    public static Output Standard() => new(
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new WideOutput(System.Console.Out, System.Console.IsOutputRedirected) }),
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new WideOutput(System.Console.Error, System.Console.IsErrorRedirected) }));

    /// <summary>Where results go.</summary>
    public IAnsiConsole Console => console;

    /// <summary>Whether a person watches.</summary>
    public bool IsTerminal => console.Profile.Out.IsTerminal;

    /// <summary>A plain line, shown exactly as given.</summary>
    public void Line(string text = "") => console.WriteLine(text);

    /// <summary>A line with Spectre markup; every variable part must have been escaped.</summary>
    public void Marked(string markup) => console.MarkupLine(markup);

    /// <summary>A complaint, on standard error.</summary>
    public void Complain(string text) => errors.MarkupLine($"[red]culvert:[/] {Markup.Escape(text)}");

    /// <summary>A further line of a complaint.</summary>
    public void Explain(string text) => errors.WriteLine(text);
}
