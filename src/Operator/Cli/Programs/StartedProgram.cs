using System.Diagnostics;
using System.Threading.Channels;

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

    private const int RememberedLines = 12;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly TimeProvider _clock;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Queue<string> _last = new();
    private readonly Lock _gate = new();
    private readonly Task _reading;

    private StartedProgram(string name, Process process, string logFile, TimeProvider clock)
    {
        (Name, _process, LogFile, _clock) = (name, process, logFile, clock);
        var log = TextWriter.Synchronized(new StreamWriter(logFile, append: true) { AutoFlush = true });
        _reading = ReadAsync(log);
    }

    /// <summary>What people call it.</summary>
    public string Name { get; }

    /// <summary>Where all it says is kept.</summary>
    public string LogFile { get; }

    /// <summary>Completes when it has ended.</summary>
    public Task Ended => _reading;

    /// <summary>Its exit status once it has ended.</summary>
    public int ExitStatus => _process.ExitCode;

    /// <summary>The last lines it said, for a complaint.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_gate)
            {
                return [.. _last];
            }
        }
    }

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
        await _lines.Reader.WaitToReadAsync(cancellationToken) && _lines.Reader.TryRead(out var line) ? line : null;

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
            await _reading.WaitAsync(StopLimit, _clock);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _reading;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private async Task ReadAsync(TextWriter log)
    {
        await using (log)
        {
            await Task.WhenAll(CopyAsync(_process.StandardOutput, log, _lines.Writer), CopyAsync(_process.StandardError, log, null));
            await _process.WaitForExitAsync();
            _lines.Writer.Complete();
        }
    }

    private async Task CopyAsync(StreamReader from, TextWriter log, ChannelWriter<string>? lines)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            // The sign-in code is for the person at the terminal, not for a file that stays behind.
            await log.WriteLineAsync(line.StartsWith("sign-in code", StringComparison.Ordinal) ? "sign-in code (shown once)" : line);
            lock (_gate)
            {
                _last.Enqueue(line);
                while (_last.Count > RememberedLines)
                {
                    _last.Dequeue();
                }
            }

            lines?.TryWrite(line);
        }
    }
}
