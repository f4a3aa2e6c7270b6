using System.CommandLine;
using System.Globalization;
using Culvert.Commands;

namespace Culvert.Cli;

/// <summary><c>culvert demo</c>: portal, proxies and a sensor that replays a capture, on this machine.</summary>
internal static class DemoCommand
{
    public static Command Create(Output output, TimeProvider clock)
    {
        var capture = new Option<string?>("--capture") { Description = "The pcap or pcapng file to replay; by default ten minutes of a small simulated plant.", HelpName = "FILE" };
        var method = new Option<ConnectionMethod>("--method")
        {
            Description = "The way to the portal.",
            HelpName = "direct|cloudProxy|proxyChain",
            DefaultValueFactory = _ => ConnectionMethod.ProxyChain,
        };
        var chaining = new Option<HopReach>("--chaining") { Description = "Who opens the way from proxy to proxy: the sensor (nested), or the proxy before it (forwarded).", HelpName = "nested|forwarded" };
        var port = new Option<int>("--port") { Description = "The portal's port; 0 takes any free one.", HelpName = "N", DefaultValueFactory = _ => DemoOptions.DefaultPort };
        var state = new Option<string?>("--state") { Description = "A folder that keeps everything for the next time; by default all is removed at the end.", HelpName = "DIR" };
        var speed = new Option<double>("--speed") { Description = "How many times faster than it was recorded; 0 for as fast as possible.", HelpName = "N", DefaultValueFactory = _ => DemoOptions.DefaultSpeed };
        var exit = new Option<bool>("--exit-when-done") { Description = "Stop when the portal has everything; otherwise Ctrl-C stops." };
        var command = new Command("demo", "Starts a portal, two proxies and a sensor that replays a capture through them, on this machine.") { capture, method, chaining, port, state, speed, exit };
        command.Validators.Add(result =>
        {
            if (result.ReadOrDefault(method) == ConnectionMethod.Multicloud)
            {
                result.AddError("--method multicloud needs clouds and their private links; `culvert lab` rehearses it. The demo knows direct, cloudProxy and proxyChain.");
            }

            if (result.ReadOrDefault(port) is < 0 or > 65535)
            {
                result.AddError("--port: expected a TCP port, 1 to 65535, or 0 for any free one.");
            }

            if (result.ReadOrDefault(speed) is < 0 or > 1_000_000 or double.NaN)
            {
                result.AddError("--speed: expected a factor from 0 to 1000000.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new DemoOptions
            {
                Capture = Path.GetFullPath(parsed.GetValue(capture) ?? DefaultCapture()),
                Method = parsed.GetValue(method),
                Chaining = parsed.GetValue(chaining),
                Port = parsed.GetValue(port),
                State = parsed.GetValue(state),
                Speed = parsed.GetValue(speed),
                ExitWhenDone = parsed.GetValue(exit),
                // What is learned and what is not is known of the plant's own capture only.
                LearningMinutes = parsed.GetValue(capture) is null ? DemoOptions.PlantLearningMinutes : 0,
            };
            return await RunAsync(options, output, clock, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(DemoOptions options, Output output, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            if (CaptureFile.Complaint(options.Capture) is { } complaint)
            {
                throw new DemoException(ExitCode.BadFile, complaint);
            }

            using var folder = DemoFolder.Open(options.State);
            await using var demo = new Demo(options, folder, new ProgramFinder(AppContext.BaseDirectory), output, clock);
            try
            {
                await demo.RunAsync(cancellationToken);
            }
            catch (DemoException e) when (e.Status == ExitCode.Failed)
            {
                folder.Keep();
                throw;
            }

            return ExitCode.Fine;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.Line("stopped");
            return options.ExitWhenDone ? ExitCode.Interrupted : ExitCode.Fine;
        }
        catch (DemoException e)
        {
            output.Complain(e.Message);
            foreach (var detail in e.Details)
            {
                output.Explain("  " + detail);
            }

            return e.Status;
        }
    }

    /// <summary>The plant's capture: beside the program when installed, in the sources otherwise.</summary>
    private static string DefaultCapture()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var place in (string[])["plant.pcap", "samples/captures/plant.pcap"])
            {
                var file = Path.Combine(folder.FullName, place);
                if (File.Exists(file))
                {
                    return file;
                }
            }
        }

        throw new DemoException(ExitCode.BadFile, string.Create(CultureInfo.InvariantCulture, $"The plant's capture, plant.pcap, is not beside {AppContext.BaseDirectory}. Give one with --capture FILE."));
    }
}
