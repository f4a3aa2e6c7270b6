using System.CommandLine;
using Culvert.Commands;
using Spectre.Console;

namespace Culvert.Cli.Tests;

/// <summary>A wrong command line ends with status 2 and sentences that help; never with a stack trace.</summary>
public sealed class CommandLineTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("", "a command is needed", "  check ", "Try: culvert --help")]
    [InlineData("lab", "a command is needed", "  down ", "Try: culvert lab --help")]
    [InlineData("plann site.yaml", "there is no command 'plann'; did you mean 'plan'?")]
    [InlineData("xyzzy", "there is no command 'xyzzy'", "Try: culvert --help")]
    [InlineData("lab statsu", "there is no command 'statsu'; did you mean 'status'?", "Try: culvert lab --help")]
    [InlineData("lab up", "Required argument missing for command: 'up'", "Try: culvert lab up --help")]
    [InlineData("lab up --netem", "there is no option '--netem'", "Try: culvert lab up --help")]
    [InlineData("check --jsno", "there is no option '--jsno'; did you mean '--json'?")]
    [InlineData("plan --out x", "there is no option '--out'; did you mean '--output'?")]
    [InlineData("lab scale pool many", "'many' is not a whole number")]
    [InlineData("lab load pool many", "'many' is not a whole number")]
    [InlineData("lab autoscale pool --tunnels many", "--tunnels: 'many' is not a whole number")]
    [InlineData("demo extra", "'extra' is one argument too many")]
    [InlineData("demo --method foo", "--method: 'foo' is not one of direct, cloudProxy, proxyChain")]
    [InlineData("demo --speed fast", "--speed: 'fast' is not a number")]
    [InlineData("demo --port 70000", "--port: expected a TCP port")]
    [InlineData("demo --port x", "--port: 'x' is not a whole number")]
    [InlineData("proxy-suite --start foo", "--start: 'foo' is not one of culvert, squid, tinyproxy, haproxy")]
    [InlineData("endpoints --format pdf", "--format: 'pdf' is not one of")]
    public async Task A_wrong_command_line_is_told_in_words(string line, params string[] told)
    {
        using var errors = new StringWriter();
        var output = new Output(To(TextWriter.Null), To(errors));
        Assert.Equal(ExitCode.Usage, await CulvertCommand.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, TimeProvider.System));
        Assert.All(told, t => Assert.Contains(t, errors.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Culvert.ConnectionMethod", errors.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string> Commands()
    {
        var data = new TheoryData<string>();
        Add(CulvertCommand.Create(new Output(To(TextWriter.Null), To(TextWriter.Null)), TimeProvider.System), "");
        return data;

        void Add(Command command, string path)
        {
            data.Add($"{path} --help".Trim());
            foreach (var inner in command.Subcommands.Where(c => !c.Hidden))
            {
                Add(inner, $"{path} {inner.Name}");
            }
        }
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Commands))]
    public async Task Every_command_explains_itself_and_each_of_its_options(string line)
    {
        using var written = new StringWriter();
        var parsed = CulvertCommand.Create(new Output(To(TextWriter.Null), To(TextWriter.Null)), TimeProvider.System).Parse(line);
        Assert.Null(CommandLineMistakes.Of(parsed, "culvert"));
        Assert.Equal(ExitCode.Fine, await parsed.InvokeAsync(new InvocationConfiguration { Output = written }, TestContext.Current.CancellationToken));
        Assert.False(string.IsNullOrWhiteSpace(parsed.CommandResult.Command.Description));
        Assert.DoesNotContain(parsed.CommandResult.Command.Options, o => string.IsNullOrWhiteSpace(o.Description));
        Assert.DoesNotContain(parsed.CommandResult.Command.Arguments, a => string.IsNullOrWhiteSpace(a.Description));
    }

    private static IAnsiConsole To(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new WideOutput(writer, true) });
}
