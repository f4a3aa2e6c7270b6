using System.Globalization;
using System.Text.Json;
using Culvert.Checking;
using Spectre.Console;

namespace Culvert.Cli;

/// <summary>Shows a check to people, or prints it for machines.</summary>
internal sealed class CheckView(Output output, CheckSubject subject, CheckRunOptions options)
{
    private CheckHistory? _history;

    /// <summary>Runs the check, with its progress where a person watches.</summary>
    public async Task<CheckReport> WhileRunningAsync(Func<IProgress<CheckProgress>?, Task<CheckReport>> run)
    {
        if (options.Json || !output.IsTerminal)
        {
            return await run(null);
        }

        return await output.Console.Status().StartAsync("checking", async context =>
            await run(new Told(p => context.Status = Markup.Escape(Fitting($"{p.Done} of {p.Total}: {(p.Route is null ? "" : $"{p.Route}: ")}{p.What}")))));
    }

    /// <summary>Shows a report; after the first, only what changed.</summary>
    public void Show(CheckReport report)
    {
        if (options.Json)
        {
            // Past the console, which breaks lines that are longer than it is wide.
            output.Console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(report, (options.WatchEvery is null ? CheckJson.Default : CheckJson.OneLine).CheckReport));
        }
        else if (_history is null)
        {
            new CheckTree(output.Console).Write(report, subject);
            _history = new CheckHistory(report);
        }
        else
        {
            _history.Show(output, report);
        }
    }

    /// <summary>The same as plain text.</summary>
    public string AsText(CheckReport report)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new WideOutput(writer, isRedirected: true) });
        new CheckTree(console).Write(report, subject);
        return writer.ToString();
    }

    /// <summary>A line for people; machines get none.</summary>
    public void Say(string text)
    {
        if (!options.Json)
        {
            output.Line(text);
        }
    }

    /// <summary>On one line, beside the mark that turns.</summary>
    private string Fitting(string text)
    {
        var room = Math.Max(10, output.Console.Profile.Width - 4);
        return text.Length <= room ? text : $"{text[..(room - 1)]}…";
    }

    private sealed class Told(Action<CheckProgress> show) : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value) => show(value);
    }
}
