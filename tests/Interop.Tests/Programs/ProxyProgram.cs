using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Interop.Tests;

/// <summary>A real proxy as a process of its own, in a folder of its own, ended by its id.</summary>
internal sealed class ProxyProgram : IAsyncDisposable
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly string _folder;

    private ProxyProgram(string name, HostPort address, Process process, string folder)
    {
        (Name, Address, _process, _folder) = (name, address, process, folder);
        process.OutputDataReceived += (_, e) => Note(e.Data);
        process.ErrorDataReceived += (_, e) => Note(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Name { get; }

    public HostPort Address { get; }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Where a program is; null when it is not installed.</summary>
    public static string? Find(string program) => Folders.Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);

    public static string Need(string program)
    {
        var path = Find(program);
        Assert.SkipWhen(path is null, $"{program} is not installed");
        return path!;
    }

    /// <summary>Starts a program that listens at the address it is given. A port is free only until somebody takes it, so another is tried when the program ends at once.</summary>
    public static async Task<ProxyProgram> StartAsync(string name, string file, bool asOther, Func<HostPort, string, Task<string[]>> prepare, IReadOnlyDictionary<string, string>? environment = null, bool version6 = false)
    {
        for (var attempt = 1; ; attempt++)
        {
            var folder = Directory.CreateTempSubdirectory($"culvert-{name}-").FullName;
            var address = version6 ? FreeAddress(IPAddress.IPv6Loopback) : FreeAddress();
            var arguments = await prepare(address, folder);
            // Daemons that refuse to be root see another user in a user namespace; the files stay ours.
            var (program, all) = asOther && Environment.IsPrivilegedProcess && Find("unshare") is { } unshare
                ? (unshare, (string[])["-U", "--map-user=13", "--map-group=13", file, .. arguments])
                : (file, arguments);
            var start = new ProcessStartInfo(program, all) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
            foreach (var (variable, value) in environment ?? new Dictionary<string, string>())
            {
                start.Environment[variable] = value;
            }

            var process = Process.Start(start)!;
            process.StandardInput.Close();
            var started = new ProxyProgram(name, address, process, folder);
            if (await started.ListensAsync())
            {
                return started;
            }

            var output = started.Output;
            await started.DisposeAsync();
            if (attempt == 3)
            {
                throw new InvalidOperationException($"{name} does not start: {output}");
            }
        }
    }

    /// <summary>Starts a program that chooses its port itself and says so in a line.</summary>
    public static async Task<ProxyProgram> StartSayingAsync(string name, string file, string folder, string says, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var listening = new TaskCompletionSource<HostPort>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data?.StartsWith(says, StringComparison.Ordinal) == true)
            {
                listening.TrySetResult(HostPort.Parse(e.Data[says.Length..].Trim()));
            }
        };
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"{name} ended before it listened."));
        var waiting = new ProxyProgram(name, default, process, folder);
        try
        {
            var address = await listening.Task.WaitAsync(TimeSpan.FromSeconds(60));
            return new ProxyProgram(waiting, address);
        }
        catch (Exception e)
        {
            var output = waiting.Output;
            await waiting.DisposeAsync();
            throw new InvalidOperationException($"{name} does not start: {output}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A loopback address that hardly anybody else uses, and a port that is free there now.</summary>
    public static HostPort FreeAddress()
    {
        var bytes = Guid.NewGuid().ToByteArray();
        return FreeAddress(new IPAddress([127, (byte)(bytes[0] | 1), bytes[1], (byte)((bytes[2] % 253) + 1)]));
    }

    private static HostPort FreeAddress(IPAddress ip)
    {
        using var probe = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(ip, 0));
        return new HostPort(ip.ToString(), ((IPEndPoint)probe.LocalEndPoint!).Port);
    }

    private ProxyProgram(ProxyProgram started, HostPort address) =>
        (Name, Address, _process, _folder, _output) = (started.Name, address, started._process, started._folder, started._output);

    private async Task<bool> ListensAsync()
    {
        using var limit = Dials.Limit();
        while (!_process.HasExited)
        {
            using var client = new TcpClient(IPAddress.Parse(Address.Host).AddressFamily);
            try
            {
                await client.ConnectAsync(Address.Host, Address.Port, limit.Token);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
            }
        }

        await _process.WaitForExitAsync(limit.Token);
        return false;
    }

    private void Note(string? line)
    {
        lock (_output)
        {
            if (line is not null && _output.Length < 100_000)
            {
                _output.AppendLine(line);
            }
        }
    }
}
