using System.CommandLine;
using Culvert.Lab;

namespace Culvert.Cli;

/// <summary><c>culvert lab test</c> and <c>culvert lab verify</c>.</summary>
internal static class LabTestCommand
{
    public static Command Create(LabControl control, Output output)
    {
        var name = LabCommand.Name();
        var folder = new Option<string>("--output", "-o") { Description = "Where the acceptance report goes.", HelpName = "DIR", DefaultValueFactory = _ => "acceptance" };
        var capture = new Option<string?>("--capture") { Description = "What the sensors replay; the plant's capture by default.", HelpName = "FILE" };
        var brief = new Option<bool>("--no-delivery") { Description = "Leave out what takes longest: delivery of the capture, undisturbed and through the loss of proxies. The report says so." };
        var command = new Command("test", "Proves that every planned route carries data, every failover works, nothing else is open and nothing is lost; writes a signed report.") { name, folder, capture, brief };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, async () =>
        {
            if ((parsed.GetValue(capture) ?? PlantCapture()) is not { } file || !File.Exists(file))
            {
                output.Complain("The plant's capture, plant.pcap, is not beside this program. Give one with --capture FILE.");
                return ExitCode.BadFile;
            }

            var target = Path.GetFullPath(parsed.GetValue(folder)!);
            var status = await LabCommand.AskAsync(control, parsed.GetValue(name), "test", new() { ["folder"] = target, ["capture"] = Path.GetFullPath(file), ["delivery"] = !parsed.GetValue(brief) }, output, cancellation);
            if (status is ExitCode.Fine or ExitCode.Found)
            {
                output.Line($"{(status == ExitCode.Fine ? "passed" : "NOT passed")}; the report is in {target}");
            }

            return status;
        }));
        return command;
    }

    /// <summary>The rules and the sweep alone.</summary>
    public static Command Sweep(LabControl control, Output output)
    {
        var name = LabCommand.Name();
        var command = new Command("sweep", "Proves that the firewalls hold and do exactly what is planned, and that nothing else is open; also in a lab of the network only.") { name };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, () => LabCommand.AskAsync(control, parsed.GetValue(name), "sweep", null, output, cancellation)));
        return command;
    }

    /// <summary>Says whether a report is what was signed.</summary>
    public static Command Verify(Output output)
    {
        var folder = new Argument<string>("DIR") { Description = "The folder of an acceptance report." };
        var key = new Option<string?>("--key") { Description = "The fingerprint that the signer told you, or its first 16 digits or more; another key is refused.", HelpName = "FINGERPRINT" };
        key.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<string?>() is { } text && (text.Length is < 16 or > 64 || !text.All(char.IsAsciiHexDigit)))
            {
                r.AddError("--key: expected 16 to 64 hexadecimal digits.");
            }
        });
        var command = new Command("verify", "Says whether an acceptance report is what was signed, and by which key.") { folder, key };
        command.SetAction(parsed =>
        {
            var isGenuine = AcceptanceFolder.Verify(parsed.GetRequiredValue(folder), out var fingerprint, out var wrong);
            if (isGenuine && parsed.GetValue(key) is { } told && !fingerprint.StartsWith(told, StringComparison.OrdinalIgnoreCase))
            {
                (isGenuine, wrong) = (false, $"another key signed it: {fingerprint}");
            }

            output.Line(isGenuine ? $"signed by key {fingerprint}" : $"The report is not what was signed: {wrong}.");
            return isGenuine ? ExitCode.Fine : ExitCode.Found;
        });
        return command;
    }

    /// <summary>The plant's capture: beside the program when installed, in the sources otherwise.</summary>
    public static string? PlantCapture()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (((string[])["plant.pcap", "samples/captures/plant.pcap"]).Select(p => Path.Combine(folder.FullName, p)).FirstOrDefault(File.Exists) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
