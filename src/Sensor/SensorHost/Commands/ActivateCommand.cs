using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Culvert.SensorHost;

/// <summary><c>culvert-sensor activate</c>: makes an installed sensor this site's sensor.</summary>
internal static class ActivateCommand
{
    public static Command Build()
    {
        var data = SensorCommands.DataOption();
        var activation = new Option<string>("--activation") { Description = "The activation file from the portal.", HelpName = "FILE", Required = true };
        var settings = new Option<string?>("--settings") { Description = "The settings file, for its routes; direct without one.", HelpName = "FILE" };
        var command = new Command("activate", "Checks the activation file, makes a key pair, and enrols for a client certificate.") { data, activation, settings };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var services = SensorCommands.Services();
            var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Culvert.Sensor");
            var read = result.GetValue(settings) is { } file ? SensorSettingsReader.Load(file) : new SensorFileSettings();
            var clouds = new CloudFactory(TimeProvider.System, new Random(), logger);
            await new SensorActivation(new SensorFolder(result.GetValue(data)!), TimeProvider.System, Console.Out)
                .RunAsync(result.GetValue(activation)!, read, clouds, cancellationToken);
            return SensorExit.Done;
        });
        return command;
    }
}
