using System.Diagnostics;
using Culvert.Lab;

namespace Culvert.Cli;

/// <summary>A program of ours that runs as a process, stops when we stop, and when we die.</summary>
/// <remarks>
/// It is started by a few lines of POSIX shell that hold a pipe from us: when the pipe closes, because we close it or because we
/// are gone (kill -9 included), the shell asks the program to end. Ctrl-C reaches us alone, so that we choose the order of stopping.
/// </remarks>
internal sealed class StartedProgram : IAsyncDisposable
{
    private const string Keeper =
        """
        trap '' INT HUP
        exec 3<&0
        "$@" </dev/null 3<&- &
        program=$!
        { read -r _ <&3; kill -TERM $program; } 2>/dev/null &
        watcher=$!
        exec 3<&-
        wait $program; status=$?
        kill -KILL $watcher 2>/dev/null
        exit $status
        """;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly TimeProvider _clock;
    private readonly ProgramWords _words;

    private StartedProgram(string name, Process process, string logFile, TimeProvider clock)
    {
        (Name, _process, LogFile, _clock) = (name, process, logFile, clock);
        _words = new ProgramWords(process, logFile);
    }

    /// <summary>What people call it.</summary>
    public string Name { get; }

    /// <summary>Where all it says is kept.</summary>
    public string LogFile { get; }

    /// <summary>Completes when it has ended.</summary>
    public Task Ended => _words.Ended;

    /// <summary>Its exit status once it has ended.</summary>
    public int ExitStatus => _process.ExitCode;

    /// <summary>The last lines it said, for a complaint.</summary>
    public IReadOnlyList<string> LastLines => _words.Last;

    /// <summary>Starts a program; what it says goes to the log file and, line by line, to <see cref="NextLineAsync"/>.</summary>
    public static StartedProgram Start(string name, string program, IEnumerable<string> arguments, string logFile, TimeProvider clock)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-c", Keeper, "culvert-keeper", program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return new StartedProgram(name, Process.Start(start)!, logFile, clock);
    }

    /// <summary>The next line of its standard output; null when it has ended.</summary>
    public async ValueTask<string?> NextLineAsync(CancellationToken cancellationToken) =>
        await _words.Lines.WaitToReadAsync(cancellationToken) && _words.Lines.TryRead(out var line) ? line : null;

    /// <summary>Asks it to end, and after a while makes it.</summary>
    public async Task StopAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already, and the pipe with it.
        }

        try
        {
            await Ended.WaitAsync(StopLimit, _clock);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await Ended;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }
}
