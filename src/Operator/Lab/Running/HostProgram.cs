using System.Diagnostics;

namespace Culvert.Lab;

/// <summary>A program that runs on a host of the lab.</summary>
internal sealed class HostProgram : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    // In a mount namespace of its own each host has its own resolv.conf and hosts.
    private const string Enter = """mount --bind "$1" "$(readlink -f /etc/resolv.conf)" && mount --bind "$2" /etc/hosts && shift 2 && exec "$@" """;

    private readonly Process _process;
    private readonly TimeProvider _clock;
    private readonly ProgramWords _words;

    private HostProgram(HostProgramStart what, Process process, TimeProvider clock)
    {
        (Host, Name, _process, _clock) = (what.Host, what.Name, process, clock);
        _words = new ProgramWords(process, what.Log, line =>
        {
            if (line.StartsWith("progress ", StringComparison.Ordinal))
            {
                Progress = line;
            }

            what.Hear?.Invoke(line);
        });
    }

    /// <summary>The host it runs on.</summary>
    public string Host { get; }

    /// <summary>What it is.</summary>
    public string Name { get; }

    /// <summary>Its process id, as the lab counts.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it runs.</summary>
    public bool Runs => !_process.HasExited;

    /// <summary>Its exit status once it has ended.</summary>
    public int ExitStatus => _process.ExitCode;

    /// <summary>Completes when it has ended and all it said was read.</summary>
    public Task Ended => _words.Ended;

    /// <summary>The last lines it said.</summary>
    public IReadOnlyList<string> LastLines => _words.Last;

    /// <summary>The last line that began with "progress"; null when there was none.</summary>
    public string? Progress { get; private set; }

    /// <summary>Starts one.</summary>
    public static HostProgram Start(HostProgramStart what, TimeProvider clock)
    {
        var start = new ProcessStartInfo("nsenter") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var argument in Arguments(what))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in what.Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new HostProgram(what, process, clock);
    }

    /// <summary>Waits for a line of its standard output that begins so. Throws <see cref="LabException"/> when it ends before, or says nothing like it in time.</summary>
    public async Task<string> WaitForAsync(string beginning, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await foreach (var line in _words.Lines.ReadAllAsync(both.Token))
            {
                if (line.StartsWith(beginning, StringComparison.Ordinal))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException($"{Name} on {Host} did not say '{beginning}' within {limit.TotalSeconds:0} s. Its last words: {string.Join(" | ", LastLines)}");
        }

        throw new LabException($"{Name} on {Host} ended with status {_process.ExitCode} before it was ready: {string.Join(" | ", LastLines)}");
    }

    /// <summary>Sends it a signal.</summary>
    public void Signal(int signal)
    {
        if (Runs)
        {
            Signals.Send(_process.Id, signal);
        }
    }

    /// <summary>Asks it to end, and after a while makes it; ten seconds where no other limit is given.</summary>
    public async Task StopAsync(TimeSpan? limit = null)
    {
        Signal(Signals.Terminate);
        try
        {
            await Ended.WaitAsync(limit ?? StopLimit, _clock);
        }
        catch (TimeoutException)
        {
            Kill();
            await Ended;
        }
    }

    /// <summary>Ends it at once, as a fault does.</summary>
    public void Kill() => Signal(Signals.Kill);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await Ended;
        _process.Dispose();
    }

    /// <summary>The arguments of <c>nsenter</c> that start a program on a host.</summary>
    internal static IEnumerable<string> Arguments(HostProgramStart what)
    {
        // Daemons that refuse to be root, or want to give it up, are another user in a nested user namespace.
        string[] user = what.AsOther ? ["unshare", "--user", "--map-user=13", "--map-group=13"] : [];
        string[] clock = what.ClockOffset is { } offset
            ? ["env", $"LD_PRELOAD={HostProgramStart.FakeTimeLibrary}", $"FAKETIME={offset}", "FAKETIME_DONT_FAKE_MONOTONIC=1"] : [];
        return [$"--net=/run/netns/{what.Host}", "unshare", "--mount", "sh", "-c", Enter, "culvert-lab", what.ResolvConf, what.Hosts, .. user, .. clock, what.Program, .. what.Arguments];
    }
}
