using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Lab;

namespace Culvert.Cli;

/// <summary><c>culvert lab exec HOST -- COMMAND</c>.</summary>
internal static class LabExecCommand
{
    public static Command Create(LabControl control, Output output)
    {
        var name = LabCommand.Name();
        var host = new Argument<string>("HOST") { Description = "The host of the lab; see culvert lab status." };
        var words = new Argument<string[]>("COMMAND") { Description = "The command and its arguments; put -- before it where it has options.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("exec", "Runs a command in the network of a host: ping, nft, ip, tcpdump -c 10, ...") { host, words, name };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, async () => await LabCommand.AskAsync(
            control, parsed.GetValue(name), "exec",
            new() { ["host"] = parsed.GetRequiredValue(host), ["command"] = new JsonArray([.. parsed.GetRequiredValue(words).Select(w => (JsonNode)w)]) }, output, cancellation)));
        return command;
    }
}
