using Culvert.Commands;

namespace Culvert.PortalHost.Tests;

/// <summary>A wrong command line of culvert-portal ends with status 2, whatever is wrong with it.</summary>
public sealed class CommandLineTests
{
    [Theory(Timeout = 60_000)]
    [InlineData]
    [InlineData("runn")]
    [InlineData("run")]
    [InlineData("run", "--data")]
    [InlineData("run", "--data", "unused", "--listne", "127.0.0.1:0")]
    [InlineData("onboard", "--data", "unused")]
    public async Task A_wrong_command_line_ends_with_two(params string[] arguments) => Assert.Equal(2, await HostCommandLine.RunAsync(PortalCommands.Build(), "culvert-portal", arguments));
}
