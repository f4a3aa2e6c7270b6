using System.CommandLine;

namespace Culvert.ProxyHost;

/// <summary>The command line of culvert-proxy.</summary>
internal static class ProxyCommands
{
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
