using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Culvert.ProxyHost;

/// <summary><c>culvert-proxy run</c>: runs until SIGTERM or Ctrl-C. SIGHUP reads the settings again.</summary>
internal static class RunCommand
{
    public static Command Build()
    {
        var config = ProxyCommands.Config();
        var level = new Option<LogLevel>("--log-level") { Description = "The least level that is logged.", DefaultValueFactory = _ => LogLevel.Information };
        var command = new Command("run", "Runs the proxy until it is told to stop.") { config, level };
        command.SetAction(async (result, cancellationToken) =>
        {
            var file = result.GetValue(config)!;
            var read = ProxySettingsReader.Load(file);
            if (!read.TryGet(out var settings))
            {
                await CheckCommand.PrintAsync(read.Mistakes);
                return 2;
            }

            using var log = new JsonLogWriter(Console.OpenStandardError(), result.GetValue(level), TimeProvider.System);
            return await new ProxyProgram(file, Console.Out, log, TimeProvider.System).RunAsync(settings, cancellationToken);
        });
        return command;
    }
}
