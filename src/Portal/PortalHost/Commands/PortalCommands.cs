using System.CommandLine;
using System.Net;

namespace Culvert.PortalHost;

/// <summary>The command line of culvert-portal.</summary>
internal static class PortalCommands
{
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
