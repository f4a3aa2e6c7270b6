using System.CommandLine;
using System.Diagnostics.Metrics;
using Culvert.Commands;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Culvert.SensorHost;

/// <summary><c>culvert-sensor run</c>: runs until SIGTERM or Ctrl-C, or until all is delivered.</summary>
internal static class RunCommand
{
    public static Command Build()
    {
        var data = SensorCommands.DataOption();
        var settings = new Option<string?>("--settings") { Description = "The settings file.", HelpName = "FILE" };
        var replay = new Option<string?>("--replay") { Description = "A capture to replay in place of the settings' sources.", HelpName = "CAPTURE" };
        var zone = new Option<string?>("--zone") { Description = "The zone of --replay; by default the one of the activation file." };
        var speed = new Option<double>("--speed") { Description = "How many times faster than recorded; 0 for as fast as possible.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var exit = new Option<bool>("--exit-when-delivered") { Description = "Stop when all captures are read and the cloud has everything." };
        var command = new Command("run", "Runs the sensor until it is told to stop.") { data, settings, replay, zone, speed, exit };
        command.Validators.Add(result =>
        {
            if (result.ReadOrDefault(speed) is < 0 or > 1_000_000 or double.NaN)
            {
                result.AddError("--speed: expected a factor from 0 to 1000000.");
            }
        });
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var services = SensorCommands.Services();
            var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Culvert.Sensor");
            var folder = new SensorFolder(result.GetValue(data)!);
            var read = result.GetValue(settings) is { } file ? SensorSettingsReader.Load(file) : new SensorFileSettings();
            if (result.GetValue(replay) is { } capture)
            {
                var where = result.GetValue(zone) ?? SensorIdentity.Load(folder).Activation.Zone;
                read = read with { Sources = [new SensorSource { Capture = Path.GetFullPath(capture), Zone = where, Speed = result.GetValue(speed) }] };
            }

            var random = new Random();
            var program = new SensorProgram(
                folder, read, new RunOptions(result.GetValue(exit)), new CloudFactory(TimeProvider.System, random, logger),
                TimeProvider.System, random, logger, services.GetRequiredService<IMeterFactory>(), Console.Out);
            await program.RunAsync(cancellationToken);
            return SensorExit.Done;
        });
        return command;
    }
}
