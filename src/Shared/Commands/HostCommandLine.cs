using System.CommandLine;
using System.Data.Common;

namespace Culvert.Commands;

/// <summary>The command line of a program that runs until it is told to stop.</summary>
public static class HostCommandLine
{
    /// <summary>The exit status of a command line that is wrong.</summary>
    public const int WrongUsage = 2;

    /// <summary>The exit status where a file, a folder or a database cannot be used.</summary>
    public const int CannotGoOn = 1;

    /// <summary>The exit status of a program that was stopped before it was done.</summary>
    public const int Interrupted = 130;

    /// <summary>Runs one command line and gives the exit status. SIGTERM is the program's own to handle: the library would end it two seconds later, in the middle
    /// of draining or of its last answers.</summary>
    /// <param name="root">The program's commands.</param>
    /// <param name="program">Its name, as it is called.</param>
    /// <param name="arguments">The command line.</param>
    public static async Task<int> RunAsync(RootCommand root, string program, string[] arguments)
    {
        var (parsed, mistakes) = CommandLineMistakes.Read(root, program, arguments);
        if (mistakes is not null)
        {
            mistakes.WriteTo(Console.Error, program);
            return WrongUsage;
        }

        try
        {
            return await parsed!.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or DbException)
        {
            // A file, a folder or a database that cannot be used: what a person can mend needs no stack trace.
            await Console.Error.WriteLineAsync($"{program}: {e.Message}");
            return CannotGoOn;
        }
    }
}
