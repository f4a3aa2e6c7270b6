using Spectre.Console;

namespace Culvert.Cli.Tests;

/// <summary>Runs a command line of <c>culvert</c> within this process, and keeps what it says.</summary>
internal static class CommandRun
{
    public static async Task<(int Status, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var status = await CulvertCommand.RunAsync(arguments, new Output(Console(output), Console(errors)), TimeProvider.System).WaitAsync(TimeSpan.FromSeconds(60));
        return (status, output.ToString(), errors.ToString());
    }

    public static Output To(StringWriter writer) => new(Console(writer), Console(writer));

    private static IAnsiConsole Console(StringWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.No,
        ColorSystem = ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.No,
        Out = new WideOutput(writer, isRedirected: true),
    });
}
