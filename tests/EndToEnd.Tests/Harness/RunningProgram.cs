using System.Diagnostics;
using System.Text;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>A real program as a child process whose lines a test can wait for. Disposing kills it.</summary>
public sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly Lock _gate = new();
    private readonly StringBuilder _errors = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _pumps = Task.CompletedTask;

    private RunningProgram(string name, Process process) => (Name, _process) = (name, process);

    public string Name { get; }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public static RunningProgram Start(string name, string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        process.StandardInput.Close();
        var program = new RunningProgram(name, process);
        program._pumps = Task.WhenAll(program.PumpAsync(process.StandardOutput, isError: false), program.PumpAsync(process.StandardError, isError: true));
        return program;
    }

    /// <summary>The first line that starts with the words, those already printed included.</summary>
    public async Task<string> WaitForLineAsync(string start, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_lines.FirstOrDefault(l => l.StartsWith(start, StringComparison.Ordinal)) is { } line)
                {
                    return line;
                }

                changed = _changed.Task;
            }

            if (_process.HasExited && _pumps.IsCompleted)
            {
                throw new InvalidOperationException($"{Name} ended with {_process.ExitCode} before it said '{start}'.\n{Transcript()}");
            }

            try
            {
                await Task.WhenAny(changed, _pumps).WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{Name} did not say '{start}' within {limit}.\n{Transcript()}");
            }
        }
    }

    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            await _pumps;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Name} did not end within {limit}.\n{Transcript()}");
        }

        return _process.ExitCode;
    }

    /// <summary>kill -9: the process gets no chance to do anything.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
    }

    public void Terminate() => Signal("-TERM", _process.Id);

    /// <summary>Ctrl-C, to the process group that the program leads.</summary>
    public void Interrupt() => Signal("-INT", -_process.Id);

    public string Transcript()
    {
        lock (_gate)
        {
            return $"--- {Name}, standard output (last 60 lines)\n{string.Join('\n', _lines.TakeLast(60))}\n--- {Name}, standard error\n{_errors}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static void Signal(string signal, int target)
    {
        using var kill = Process.Start("kill", [signal, "--", target.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private async Task PumpAsync(StreamReader reader, bool isError)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_gate)
            {
                if (isError)
                {
                    if (_errors.Length > 16_384)
                    {
                        _errors.Remove(0, 8_192);
                    }

                    _errors.AppendLine(line);
                }
                else
                {
                    _lines.Add(line);
                    if (_lines.Count > 20_000)
                    {
                        _lines.RemoveRange(0, 10_000);
                    }
                }

                _changed.TrySetResult();
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
