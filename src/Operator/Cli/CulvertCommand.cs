using System.CommandLine;
using Culvert.Commands;

namespace Culvert.Cli;

/// <summary>The command line: all commands, one place for what goes wrong.</summary>
internal static class CulvertCommand
{
    // After Ctrl-C: what was started is stopped in order, each with a limit of its own.
    private static readonly TimeSpan TimeToStop = TimeSpan.FromMinutes(2);

    /// <summary>All commands.</summary>
    public static RootCommand Create(Output output, TimeProvider clock) =>
        new("Culvert connects OT network sensors to the cloud. This is the operator's tool: plan the way, rehearse it, prove it.")
        {
            DemoCommand.Create(output, clock),
            SiteCommand.Create(output),
            PlanCommand.Create(output),
            CheckCommand.Create(output, clock),
            ProxySuiteCommand.Create(output, clock),
            LabCommand.Create(output, clock),
            EndpointsCommand.Create(output),
            CertificateCommand.Create(output, clock),
        };

    /// <summary>Runs one command line and gives the exit status; see <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(string[] arguments, Output output, TimeProvider clock)
    {
        var (parsed, mistakes) = CommandLineMistakes.Read(Create(output, clock), "culvert", arguments);
        if (mistakes is not null)
        {
            foreach (var complaint in mistakes.Complaints)
            {
                output.Complain(complaint);
            }

            foreach (var explanation in mistakes.Explanations)
            {
                output.Explain(explanation);
            }

            return ExitCode.Usage;
        }

        try
        {
            // The library's own status of SIGTERM comes where it is quicker than the command; a status means the same whichever signal it was.
            const int libraryTerminated = 143;
            var status = await parsed!.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeToStop });
            return status == libraryTerminated ? ExitCode.Interrupted : status;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            output.Complain(e.Message);
            return ExitCode.Machine;
        }
    }
}
