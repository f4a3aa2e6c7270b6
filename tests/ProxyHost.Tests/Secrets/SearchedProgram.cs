using System.Diagnostics;
using System.Text;
using Culvert.ProxyHost.Tests.Harness;

namespace Culvert.ProxyHost.Tests.Secrets;

/// <summary>A program beside the proxy (culvert, culvert-sensor), all of whose words are kept: output, errors, command line.</summary>
internal sealed class SearchedProgram : IAsyncDisposable
{
    private readonly StringBuilder _said = new();
    private readonly Process _process;
    private bool _disposed;

    public SearchedProgram(string program, params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        CommandLine = CommandLineOf(_process.Id);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string CommandLine { get; }

    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    public static string Find(string project, string name)
    {
        var configuration = Path.GetDirectoryName(ProxyProcess.Program)!;
        return Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(configuration)!)!, project, Path.GetFileName(configuration), name);
    }

    /// <summary>As other users of the machine see it.</summary>
    public static string CommandLineOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    public async Task<int> EndAsync()
    {
        using var deadline = new CancellationTokenSource(ProxyProcess.Limit);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(ProxyProcess.Limit);
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested || _process.HasExited, $"Not within a minute: {what}\n{Said}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_said)
        {
            _said.Append(line).Append('\n');
        }
    }
}
