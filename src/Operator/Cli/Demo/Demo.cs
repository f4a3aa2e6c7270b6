using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Cli;

/// <summary>The running demo: starts the programs from the cloud side down, and stops them the other way round.</summary>
internal sealed class Demo(DemoOptions options, DemoFolder folder, ProgramFinder programs, Output output, TimeProvider clock) : IAsyncDisposable
{
    private const string Sensor = "demo-sensor";
    private const string Site = "Demo plant";
    private const string Zone = "cell-1";
    private const string Host = "localhost";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly Stack<StartedProgram> _started = new();

    /// <summary>Runs until the portal has everything (where that was asked) or cancelled. Throws <see cref="DemoException"/> when a program fails.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (port, signIn) = await StartPortalAsync(cancellationToken);
        var hops = await StartProxiesAsync(port, cancellationToken);
        var settings = folder.Write("sensor.yaml", DemoFiles.Sensor(options, hops, Host, Zone));
        await ActivateAsync(port, settings, cancellationToken);
        output.Line();
        output.Line($"Portal:   https://{Host}:{port}");
        output.Line(signIn is null ? "Sign-in:  with the account that you made before" : $"Sign-in:  code {signIn} (once; it makes you the owner)");
        output.Line($"CA:       {Path.Combine(folder.FilePath("portal"), "keys", "root.crt")} (import it, or bear the browser's warning)");
        output.Line($"Way:      sensor (level 2) -> {string.Concat(hops.Select(h => $"{h.Name} (level {h.Level}) -> "))}portal");
        output.Line($"Logs:     {folder.Logs}");
        output.Line();
        await ReplayAsync(settings, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var program))
        {
            await program.DisposeAsync();
        }
    }

    private async Task<(int Port, string? SignIn)> StartPortalAsync(CancellationToken cancellationToken)
    {
        var port = ChoosePort();
        output.Line("starting the portal ...");
        var portal = Start("culvert-portal", "portal", ["run", "--data", folder.Folder("portal"), "--listen", $"127.0.0.1:{port}", "--host-name", Host, "--host-name", "127.0.0.1"]);
        string? signIn = null;
        var listening = await WaitForAsync(
            portal,
            line =>
            {
                signIn = line.StartsWith("sign-in code ", StringComparison.Ordinal) ? line["sign-in code ".Length..] : signIn;
                return line.StartsWith("listening ", StringComparison.Ordinal);
            },
            cancellationToken);
        return (new Uri(listening["listening ".Length..]).Port, signIn);
    }

    private async Task<IReadOnlyList<DemoHop>> StartProxiesAsync(int portalPort, CancellationToken cancellationToken)
    {
        var hops = new List<DemoHop>();
        // Each allows exactly what comes after it, so the one nearest to the portal comes first.
        foreach (var (name, level) in DemoFiles.Proxies(options.Method))
        {
            output.Line($"starting {name} (level {level}) ...");
            var file = folder.Write($"{name}.yaml", DemoFiles.Proxy(name, level, options.Chaining, hops.FirstOrDefault(), Host, portalPort));
            var proxy = Start("culvert-proxy", name, ["run", "--config", file]);
            var listening = await WaitForAsync(proxy, line => line.StartsWith("listening ", StringComparison.Ordinal), cancellationToken);
            hops.Insert(0, new DemoHop(name, level, new Uri(listening["listening ".Length..]).Port));
        }

        return hops;
    }

    private async Task ActivateAsync(int portalPort, string settings, CancellationToken cancellationToken)
    {
        var data = folder.Folder("sensor");
        if (DemoFiles.ActivatedPort(data) is not null)
        {
            output.Line("the sensor is activated already");
            return;
        }

        output.Line("onboarding and activating the sensor ...");
        var activation = folder.FilePath("activation.json");
        List<string> onboard = ["onboard", "--data", folder.Folder("portal"), "--sensor", Sensor, "--site", Site, "--zone", Zone, "--level", "2", "--address", $"{Host}:{portalPort}", "--out", activation];
        var result = await ProgramRun.RunAsync(Find("culvert-portal"), onboard, cancellationToken);
        if (result.Status != 0)
        {
            // It was onboarded by a demo that was stopped before it activated: that file may be lost, a new one is as good.
            result = await ProgramRun.RunAsync(Find("culvert-portal"), [.. onboard, "--again"], cancellationToken);
        }

        Check("culvert-portal onboard", result);
        Check("culvert-sensor activate", await ProgramRun.RunAsync(Find("culvert-sensor"), ["activate", "--data", data, "--activation", activation, "--settings", settings], cancellationToken));
        // It holds a one-time secret that is used up, and nobody needs it.
        File.Delete(activation);
    }

    private async Task ReplayAsync(string settings, CancellationToken cancellationToken)
    {
        List<string> arguments = ["run", "--data", folder.Folder("sensor"), "--settings", settings];
        if (options.ExitWhenDone)
        {
            arguments.Add("--exit-when-delivered");
        }

        output.Line($"replaying {Path.GetFileName(options.Capture)} {(options.Speed == 0 ? "as fast as possible" : string.Create(CultureInfo.InvariantCulture, $"at {options.Speed} times its speed"))} ...");
        var sensor = Start("culvert-sensor", "sensor", arguments);
        var watched = _started.Select(p => p.Ended).ToList();
        var following = FollowAsync(sensor, cancellationToken);
        if (await Task.WhenAny([following, .. watched.Skip(1)]) != following)
        {
            throw Ended(_started.First(p => p != sensor && p.Ended.IsCompleted));
        }

        if (!await following)
        {
            throw Ended(sensor);
        }
    }

    /// <summary>Shows the sensor's progress until it ends; gives whether it delivered everything before.</summary>
    private async Task<bool> FollowAsync(StartedProgram sensor, CancellationToken cancellationToken)
    {
        var delivered = false;
        var told = false;
        while (await sensor.NextLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("progress ", StringComparison.Ordinal))
            {
                if (told)
                {
                    // From here on it is heartbeats.
                    continue;
                }

                output.Line($"  {line["progress ".Length..]}");
                if (!options.ExitWhenDone && line.EndsWith(" finished", StringComparison.Ordinal) && line.Contains(" waiting 0 ", StringComparison.Ordinal))
                {
                    told = true;
                    output.Line("The whole capture is in the portal. Ctrl-C stops everything.");
                }
            }
            else if (line.StartsWith("delivered ", StringComparison.Ordinal))
            {
                delivered = true;
                output.Line($"all {line}: the portal has everything");
            }
        }

        return delivered;
    }

    private StartedProgram Start(string program, string name, IEnumerable<string> arguments)
    {
        var started = StartedProgram.Start(name, Find(program), arguments, Path.Combine(folder.Logs, $"{name}.log"), clock);
        _started.Push(started);
        return started;
    }

    private string Find(string program) => programs.Find(program)
        ?? throw new DemoException(ExitCode.Machine, $"{program} is not built or installed beside culvert. Run ./culvert from the sources, which builds it.");

    private async Task<string> WaitForAsync(StartedProgram program, Func<string, bool> isIt, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StartLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (await program.NextLineAsync(both.Token) is { } line)
            {
                if (isIt(line))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DemoException(ExitCode.Failed, $"{program.Name} did not start within {StartLimit.TotalMinutes:0} minutes; see {program.LogFile}", program.LastLines);
        }

        throw Ended(program);
    }

    private static DemoException Ended(StartedProgram program) =>
        new(ExitCode.Failed, $"{program.Name} ended; see {program.LogFile}", program.LastLines);

    private static void Check(string what, ProgramRun result)
    {
        if (result.Status != 0)
        {
            throw new DemoException(ExitCode.Failed, $"{what} failed with status {result.Status}:", [.. $"{result.Output}\n{result.Errors}".Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(12)]);
        }
    }

    private int ChoosePort()
    {
        // A sensor that was activated knows the portal by the port of that time.
        if (DemoFiles.ActivatedPort(folder.FilePath("sensor")) is { } before)
        {
            return options.Port is 0 or DemoOptions.DefaultPort || options.Port == before
                ? Free(before)
                : throw new DemoException(ExitCode.Usage, $"The demo in {folder.Root} was made with port {before}. Leave --port out, or choose another folder with --state.");
        }

        return options.Port == 0 ? 0 : Free(options.Port);
    }

    private static int Free(int port)
    {
        try
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return port;
        }
        catch (SocketException e)
        {
            throw new DemoException(ExitCode.Machine, e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"Port {port} of 127.0.0.1, which the portal wants, is taken by another program. Choose another with --port N, or --port 0 for any free one."
                : $"Port {port} of 127.0.0.1 cannot be used: {e.Message} Choose another with --port N.");
        }
    }
}
