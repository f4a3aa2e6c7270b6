using System.CommandLine;
using System.Net;
using Culvert.Commands;

namespace Culvert.PortalHost;

/// <summary>The command line of culvert-portal.</summary>
internal static class PortalCommands
{
    private const string Program = "culvert-portal";
    private const int WrongUsage = 2;

    /// <summary>Runs one command line and gives the exit status; 2 where the command line is wrong.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var parsed = Build().Parse(arguments);
        if (CommandLineMistakes.Of(parsed, Program) is { } mistakes)
        {
            mistakes.WriteTo(Console.Error, Program);
            return WrongUsage;
        }

        // SIGTERM is the program's own to handle: the library would end it two seconds later, in the middle of its last answers.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    public static RootCommand Build()
    {
        var root = new RootCommand("The Culvert portal: cloud services for sensors, pages for people, an API for programs.");
        root.Subcommands.Add(RunCommand.Build());
        root.Subcommands.Add(CreateSignInCommand.Build());
        root.Subcommands.Add(OnboardCommand.Build());
        return root;
    }

    /// <summary>An address and port, as <c>127.0.0.1:8443</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is neither.</exception>
    public static IPEndPoint ParseEndPoint(string text) =>
        text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out var endPoint)
            ? endPoint
            : throw new FormatException($"'{text}' is not ADDRESS:PORT, as 127.0.0.1:8443; port 0 takes any free one.");
}
