using System.Text.Json;
using Culvert.Checking;

namespace Culvert.Lab;

/// <summary>What proofs need of a lab.</summary>
internal sealed partial class LabRuntime
{
    private const string RulesAsBuilt = "rules.built";
    private static readonly TimeSpan CheckLimit = TimeSpan.FromMinutes(3);

    /// <summary>Runs <c>culvert check</c> on a sensor's host, as its people would; with a measure of the silence that each way bears, up to this, where it is asked for.</summary>
    public async Task<CheckReport> CheckAsync(SiteSensor sensor, CancellationToken cancellationToken, TimeSpan? silence = null)
    {
        var name = sensor.Name.ToString();
        var output = Path.Combine(HostFolder(name), "check.log");
        File.Delete(output);
        var arguments = await CheckArgumentsAsync(sensor, cancellationToken);
        arguments.AddRange(["--json", "--no-open-door-test"]);
        if (silence is { } most)
        {
            arguments.AddRange(["--idle", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{most.TotalSeconds:0}s")]);
        }

        await using var program = Start(name, "check", Options.Programs["culvert"], arguments, SensorEnvironment(sensor));
        await program.Ended.WaitAsync(CheckLimit, Clock, cancellationToken);
        lock (_programs)
        {
            _programs.Remove(program);
        }

        var text = await File.ReadAllTextAsync(output, cancellationToken);
        var start = text.IndexOf('{', StringComparison.Ordinal);
        var end = text.LastIndexOf('}');
        return start < 0 || end < start
            ? throw new LabException($"culvert check on {name} gave no report: {string.Join(" | ", program.LastLines)}")
            : JsonSerializer.Deserialize(text[start..(end + 1)], CheckJson.Default.CheckReport)!;
    }

    /// <summary>Runs <c>culvert check</c> on a sensor's host and hands on what it says; gives its exit status.</summary>
    public async Task<int> CheckForPeopleAsync(string? sensorName, IReadOnlyList<string> more, Action<string> line, CancellationToken cancellationToken)
    {
        var sensors = ConnectedSensors.ToList();
        var sensor = sensorName is null ? sensors[0] : sensors.FirstOrDefault(s => s.Name.ToString() == sensorName)
            ?? throw new LabException($"The site has no sensor '{sensorName}' that reports to a cloud{(Configuration.Suggestion.For(sensorName, sensors.Select(s => s.Name.ToString())) is { } near ? $" (did you mean '{near}'?)" : "")}; expected one of: {string.Join(", ", sensors.Select(s => s.Name))}");
        var name = sensor.Name.ToString();
        await using var program = Start(name, "culvert-check", Options.Programs["culvert"], [.. await CheckArgumentsAsync(sensor, cancellationToken), .. more], SensorEnvironment(sensor), hear: line);
        try
        {
            await program.Ended.WaitAsync(cancellationToken);
            return program.ExitStatus;
        }
        finally
        {
            program.Kill();
            _programs.Remove(program);
        }
    }

    private async Task<List<string>> CheckArgumentsAsync(SiteSensor sensor, CancellationToken cancellationToken)
    {
        if (!Options.Programs.ContainsKey("culvert"))
        {
            throw new LabException("The program culvert itself is not known to the lab.");
        }

        var name = sensor.Name.ToString();
        if (!Directory.Exists(SensorFolder(name)) && !File.Exists(ActivationFile(name)))
        {
            throw new LabException($"{name} has no activation file: this lab has a network only, or culvert-portal is missing.");
        }

        return ["check", "--settings", await WriteSensorSettingsAsync(sensor, "", cancellationToken),
            .. Directory.Exists(SensorFolder(name)) ? (string[])["--data", SensorFolder(name)] : ["--activation", ActivationFile(name)]];
    }

    /// <summary>Makes a sensor new: stopped, without data, with a new identity, activated again.</summary>
    public async Task RenewSensorAsync(SiteSensor sensor, CancellationToken cancellationToken)
    {
        var name = sensor.Name.ToString();
        List<HostProgram> programs;
        lock (_programs)
        {
            programs = [.. _programs.Where(p => p.Host == name)];
            _programs.RemoveAll(programs.Contains);
        }

        foreach (var program in programs)
        {
            await program.StopAsync();
        }

        if (Directory.Exists(SensorFolder(name)))
        {
            Directory.Delete(SensorFolder(name), recursive: true);
        }

        await OnboardAsync(Options.Programs["culvert-portal"], Site.Cloud(sensor.Cloud!), sensor, cancellationToken, again: true);
        await ActivateAsync(sensor, cancellationToken);
    }

    /// <summary>Waits until the balancer takes a member back.</summary>
    public async Task WaitForMemberAsync(LabHost member, CancellationToken cancellationToken)
    {
        var started = Clock.GetTimestamp();
        while (!WellMembers(member.Part).Contains(member.Name))
        {
            if (Clock.GetElapsedTime(started) > StartLimit)
            {
                throw new LabException($"{member.Name} is not well again within {StartLimit.TotalSeconds:0} s.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), Clock, cancellationToken);
        }
    }

    /// <summary>What a firewall holds now that it did not when it was set up, and what it no longer holds; faults that are in force are among it.</summary>
    public async Task<IReadOnlyList<string>> RuleDifferencesAsync(string firewall, CancellationToken cancellationToken)
    {
        var before = (await File.ReadAllTextAsync(Path.Combine(HostFolder(firewall), RulesAsBuilt), cancellationToken)).Split('\n');
        var now = (await RulesetAsync(firewall, cancellationToken)).Split('\n');
        return [.. Beyond(now, before).Select(l => $"not planned: {l}"), .. Beyond(before, now).Select(l => $"missing: {l}")];

        // A line may stand there twice.
        static IEnumerable<string> Beyond(IEnumerable<string> these, IEnumerable<string> those)
        {
            var left = those.GroupBy(l => l.Trim()).ToDictionary(g => g.Key, g => g.Count());
            return these.Select(l => l.Trim()).Where(l => l.Length > 1 && (left[l] = left.GetValueOrDefault(l) - 1) < 0);
        }
    }

    // Without counters and other states.
    private static Task<string> RulesetAsync(string host, CancellationToken cancellationToken) =>
        Shell.RunAsync("nsenter", [$"--net=/run/netns/{host}", "nft", "-s", "list", "ruleset"], "", cancellationToken);

    /// <summary>Makes a path of a private link swallow everything, or mends it: the segment of a peering, or what passes between the two ends of a tunnel.</summary>
    public async Task CutPathAsync(LabPath path, bool cut, CancellationToken cancellationToken)
    {
        var number = Network.Links.SelectMany(l => l.Paths).ToList().IndexOf(path);
        var ports = Network.Hosts.SelectMany(h => h.Interfaces.Select((at, i) => (At: at, Port: NetworkScript.Port(h, i))));
        foreach (var (at, port) in ports)
        {
            var what = path.Segment is not null ? at.Segment == path.Segment ? "drop" : null
                : at.Addresses.Any(a => a.Address.Equals(path.Tunnel!.From)) ? $"ip saddr {path.Tunnel!.From} ip daddr {path.Tunnel.To} drop"
                : at.Addresses.Any(a => a.Address.Equals(path.Tunnel!.To)) ? $"ip saddr {path.Tunnel!.To} ip daddr {path.Tunnel.From} drop"
                : null;
            if (what is null)
            {
                continue;
            }

            // What comes out of the host's cable into the switch, before anything else sees it.
            var table = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"lab_cut_{port}_{number}");
            var rules = $"table netdev {table}\ndelete table netdev {table}\n"
                + (cut ? $"table netdev {table} {{\n chain incoming {{\n type filter hook ingress device {port} priority 0;\n {what}\n }}\n}}\n" : "");
            await Shell.RunAsync("nft", ["-f", "-"], rules, cancellationToken);
        }
    }
}
