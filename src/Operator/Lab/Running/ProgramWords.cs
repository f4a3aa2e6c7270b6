using System.Diagnostics;
using System.Threading.Channels;

namespace Culvert.Lab;

/// <summary>What a started program says: all of it in its log, its last lines for a complaint, its standard output line by line.</summary>
public sealed class ProgramWords
{
    private const int RememberedLines = 12;
    private const int UnreadLines = 1024;

    private readonly Process _process;
    private readonly Action<string>? _hear;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(UnreadLines) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Queue<string> _last = new();
    private readonly Lock _gate = new();

    /// <summary>Begins to read; standard output and standard error of the process must be redirected.</summary>
    /// <param name="process">The program.</param>
    /// <param name="log">The file that all it says is appended to.</param>
    /// <param name="hear">Told every line at once; null for nobody.</param>
    public ProgramWords(Process process, string log, Action<string>? hear = null)
    {
        (_process, _hear) = (process, hear);
        Ended = ReadAsync(TextWriter.Synchronized(new StreamWriter(log, append: true) { AutoFlush = true }));
    }

    /// <summary>Completes when the program has ended and all it said was read.</summary>
    public Task Ended { get; }

    /// <summary>Its standard output, line by line; of many that nobody reads the oldest are forgotten.</summary>
    public ChannelReader<string> Lines => _lines.Reader;

    /// <summary>The last lines it said.</summary>
    public IReadOnlyList<string> Last
    {
        get
        {
            lock (_gate)
            {
                return [.. _last];
            }
        }
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
                // The frames of an exception are many, and what it said stands before them.
                if (line.StartsWith("   at ", StringComparison.Ordinal))
                {
                    lines?.TryWrite(line);
                    continue;
                }

                _last.Enqueue(line);
                while (_last.Count > RememberedLines)
                {
                    _last.Dequeue();
                }
            }

            _hear?.Invoke(line);
            lines?.TryWrite(line);
        }
    }
}
