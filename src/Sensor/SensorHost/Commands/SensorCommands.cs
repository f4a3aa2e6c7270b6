using System.CommandLine;
using Culvert.Commands;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Culvert.SensorHost;

/// <summary>The command line of culvert-sensor: all commands, one place for what goes wrong.</summary>
internal static class SensorCommands
{
    private const string Program = "culvert-sensor";
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(15);

    /// <summary>Runs one command line and gives the exit status; see <see cref="SensorExit"/>.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand("The Culvert sensor: watches traffic, reports devices and alerts to its cloud. It opens every connection and listens on nothing.")
        {
            ActivateCommand.Build(),
            RunCommand.Build(),
            StatusCommand.Build(),
        };
        var (parsed, mistakes) = CommandLineMistakes.Read(root, Program, arguments);
        if (mistakes is not null)
        {
            mistakes.WriteTo(Console.Error, Program);
            return SensorExit.Usage;
        }

        try
        {
            return await parsed!.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeToStop });
        }
        catch (SensorException e)
        {
            await Console.Error.WriteLineAsync($"culvert-sensor: {e.Message}");
            foreach (var detail in e.Details)
            {
                await Console.Error.WriteLineAsync(detail);
            }

            return e.Status;
        }
        catch (OperationCanceledException)
        {
            return SensorExit.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"culvert-sensor: {e.Message}");
            return SensorExit.FolderUnusable;
        }
    }

    /// <summary>The option that names the data folder.</summary>
    public static Option<string> DataOption() => new("--data") { Description = "Folder of identity, outbox and packages.", HelpName = "DIR", Required = true };

    /// <summary>Logging to standard error: standard output is for what scripts read.</summary>
    public static ServiceProvider Services() => new ServiceCollection()
        .AddLogging(logging => logging
            .AddSimpleConsole(o =>
            {
                o.SingleLine = true;
                o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                o.UseUtcTimestamp = true;
            })
            .Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace))
        .AddMetrics()
        .BuildServiceProvider();
}
