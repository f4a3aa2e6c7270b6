using System.CommandLine;
using Culvert.Commands;

namespace Culvert.ProxyHost;

/// <summary>The command line of culvert-proxy.</summary>
internal static class ProxyCommands
{
    private const string Program = "culvert-proxy";
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

        // SIGTERM is the program's own to handle: the library would end it two seconds later, in the middle of draining.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    public static RootCommand Build()
    {
        var root = new RootCommand("The Culvert proxy: CONNECT to exactly the hosts and ports allowed, and nothing else.");
        root.Subcommands.Add(RunCommand.Build());
        root.Subcommands.Add(CheckCommand.Build());
        root.Subcommands.Add(HashPasswordCommand.Build());
        return root;
    }

    public static Option<string> Config() => new("--config") { Description = "The settings file (YAML).", HelpName = "FILE", Required = true };
}
