using System.Globalization;
using System.Net;

namespace Culvert.Lab;

/// <summary>Makes faults at hops and mends them.</summary>
internal sealed partial class LabRuntime
{
    private const int AsideBy = 20000;
    private readonly List<ActiveFault> _faults = [];

    /// <summary>The faults in force.</summary>
    public IReadOnlyList<ActiveFault> Faults => _faults;

    /// <summary>Makes a fault at a host, by its name in the site file or the lab.</summary>
    public async Task BreakAsync(LabFault fault, string at, CancellationToken cancellationToken)
    {
        var host = Network.Hosts.FirstOrDefault(h => h.Name == at) ?? Network.Hosts.FirstOrDefault(h => h.Part == at)
            ?? throw new LabException($"The lab has no host '{at}'; expected one of: {string.Join(", ", Network.Hosts.Select(h => h.Name))}");
        if (_faults.Any(f => f.Fault == fault && f.Host.Name == host.Name))
        {
            throw new LabException($"{fault.Name} is in force at {host.Name} already.");
        }

        _faults.Add(new ActiveFault(fault, host, await MakeAsync(fault.Name, host, cancellationToken)));
    }

    /// <summary>Mends the faults of this name at this host; all that match where either is null. Gives what was mended.</summary>
    public async Task<IReadOnlyList<string>> MendAsync(string? name, string? at, CancellationToken cancellationToken)
    {
        var mended = new List<string>();
        foreach (var fault in _faults.Where(f => (name is null || f.Fault.Name == name) && (at is null || f.Host.Name == at || f.Host.Part == at)).Reverse().ToList())
        {
            _faults.Remove(fault);
            await fault.Mend(cancellationToken);
            mended.Add(fault.ToString());
        }

        return mended;
    }

    /// <summary>The port that a host serves on the way to the cloud.</summary>
    public int ServicePort(LabHost host) => host.Kind switch
    {
        LabHostKind.Proxy or LabHostKind.Member or LabHostKind.Balancer => Site.Proxy(host.Part).Port,
        LabHostKind.Cloud => Site.Cloud(host.Part).Endpoints[0].Endpoint.Address.Port,
        LabHostKind.Resolver => 53,
        _ => throw new FaultNotHereException($"{host.Name} serves nothing on the way to the cloud; make this fault at a proxy or the cloud."),
    };

    private async Task<Func<CancellationToken, Task>> MakeAsync(string fault, LabHost host, CancellationToken cancellationToken)
    {
        if (BadProxy.Manners.Contains(fault))
        {
            var bad = await BadProxy.StartAsync(host.Name, ServicePort(host) + AsideBy, fault, new BadTunnel(host.Name, AddressesOf), Clock);
            return await RedirectAsync(host, bad, cancellationToken);
        }

        var port = fault is "drop" or "refuse" or "reset" or "idle-cut" ? ServicePort(host) : 0;
        switch (fault)
        {
            case "drop":
                return await RulesAsync(host, $"tcp dport {port} drop", cancellationToken);
            case "refuse":
                return await RulesAsync(host, $"tcp dport {port} reject with tcp reset", cancellationToken);
            case "reset":
                // 60 bytes is the longest header of a packet without data that TCP sends here.
                return await RulesAsync(host, $"tcp dport {port} ip length > 60 reject with tcp reset", cancellationToken);
            case "idle-cut":
                return await RulesAsync(host, $"tcp dport {port} ct state invalid drop", cancellationToken,
                    "echo 0 > /proc/sys/net/netfilter/nf_conntrack_tcp_loose; echo 20 > /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established\n");
            case "mtu":
                return await PortRulesAsync(host, "ip length > 600 drop", cancellationToken);
            case "loss":
                return await PortRulesAsync(host, "numgen random mod 100 < 10 drop", cancellationToken);
            case "bandwidth":
                return await ShapeAsync(host, "tbf rate 128kbit burst 4kb latency 400ms", cancellationToken);
            case "delay":
                return await DelayAsync(host, TimeSpan.FromMilliseconds(200), cancellationToken);
            case "kill":
            case "member-dead":
                return await KillAsync(host, cancellationToken);
            case "freeze":
                return Freeze(host);
            case "wrong-dns":
            case "no-such-name":
            case "no-dns":
                return Resolvers(host, fault);
            case "credentials-wrong":
                return await ChangePasswordAsync(host, cancellationToken);
            case "certificate-expired" when host.Kind == LabHostKind.Cloud:
                return await RedirectAsync(host, await TlsInspector.StartAsync(host.Name, ServicePort(host) + AsideBy, CloudAuthority.Read(PortalFolder(host.Part)), Clock), cancellationToken);
            case "certificate-expired":
                return await ExpireAsync(host, cancellationToken);
            case "clock-off":
                return await SetClockAsync(host, "+730d", cancellationToken);
            case "tls-inspection":
                return await RedirectAsync(host, await TlsInspector.StartAsync(host.Name, ServicePort(host) + AsideBy, null, Clock), cancellationToken);
            case "disk-full":
                return await FillDiskAsync(host, cancellationToken);
            default:
                throw new LabException($"Nobody has said how to make {fault}.");
        }
    }

    // A name of the cloud, or of a proxy, by the site file.
    private List<IPAddress> AddressesOf(string name) =>
        Site.Clouds.SelectMany(c => c.Endpoints).FirstOrDefault(e => string.Equals(e.Endpoint.Address.Host, name, StringComparison.OrdinalIgnoreCase))?.Addresses.ToList()
        ?? Site.Proxies.Where(p => string.Equals(p.Host, name, StringComparison.OrdinalIgnoreCase)).Select(p => p.Address).ToList();

    private async Task<Func<CancellationToken, Task>> RedirectAsync(LabHost host, IAsyncDisposable instead, CancellationToken cancellationToken)
    {
        var port = ServicePort(host);
        // Before the balancer's own rules, and for connections that are open already too: those are forgotten.
        await NftAsync(host.Name, string.Create(CultureInfo.InvariantCulture,
            $"table ip lab_fault_redirect {{\n chain pre {{\n type nat hook prerouting priority -110; policy accept;\n tcp dport {port} redirect to :{port + AsideBy}\n }}\n}}\n"), cancellationToken);
        return async cancellation =>
        {
            await NftAsync(host.Name, "delete table ip lab_fault_redirect\n", cancellation);
            await instead.DisposeAsync();
        };
    }

    private static async Task<Func<CancellationToken, Task>> RulesAsync(LabHost host, string rule, CancellationToken cancellationToken, string before = "")
    {
        await Shell.InAsync(host.Name, $"{before}nft -f - <<'END'\ntable inet lab_fault\ndelete table inet lab_fault\ntable inet lab_fault {{\n chain incoming {{\n type filter hook input priority -1; policy accept;\n {rule}\n }}\n chain passing {{\n type filter hook forward priority -1; policy accept;\n {rule}\n }}\n}}\nEND\n", cancellationToken);
        return cancellation => NftAsync(host.Name, "delete table inet lab_fault\n", cancellation);
    }

    // At the fabric's end of the cable, both ways: the host and its firewall rules know nothing of it.
    private async Task<Func<CancellationToken, Task>> PortRulesAsync(LabHost host, string rule, CancellationToken cancellationToken)
    {
        var port = NetworkScript.Port(Network, host, 0);
        await Shell.RunAsync("nft", ["-f", "-"],
            $"table netdev lab_fault_{port}\ndelete table netdev lab_fault_{port}\ntable netdev lab_fault_{port} {{\n chain incoming {{\n type filter hook ingress device {port} priority 0; policy accept;\n {rule}\n }}\n chain outgoing {{\n type filter hook egress device {port} priority 0; policy accept;\n {rule}\n }}\n}}\n", cancellationToken);
        return cancellation => Shell.RunAsync("nft", ["-f", "-"], $"delete table netdev lab_fault_{port}\n", cancellation);
    }

    private async Task<Func<CancellationToken, Task>> ShapeAsync(LabHost host, string discipline, CancellationToken cancellationToken)
    {
        var (port, device) = (NetworkScript.Port(Network, host, 0), host.Interfaces[0].Name);
        await Shell.RunAsync("sh", ["-ec", $"tc qdisc replace dev {port} root {discipline}"], "", cancellationToken);
        await Shell.InAsync(host.Name, $"tc qdisc replace dev {device} root {discipline}\n", cancellationToken);
        return async cancellation =>
        {
            await Shell.RunAsync("tc", ["qdisc", "del", "dev", port, "root"], "", cancellation);
            await Shell.InAsync(host.Name, $"tc qdisc del dev {device} root\n", cancellation);
        };
    }

    private async Task<Func<CancellationToken, Task>> DelayAsync(LabHost host, TimeSpan delay, CancellationToken cancellationToken)
    {
        var (port, device) = (NetworkScript.Port(Network, host, 0), host.Interfaces[0].Name);
        var (status, _, _) = await Shell.TryAsync("tc", ["qdisc", "add", "dev", port, "root", "netem", "delay", string.Create(CultureInfo.InvariantCulture, $"{delay.TotalMilliseconds:0}ms")], "", cancellationToken);
        if (status == 0)
        {
            await Shell.InAsync(host.Name, string.Create(CultureInfo.InvariantCulture, $"tc qdisc add dev {device} root netem delay {delay.TotalMilliseconds:0}ms\n"), cancellationToken);
            return async cancellation =>
            {
                await Shell.RunAsync("tc", ["qdisc", "del", "dev", port, "root"], "", cancellation);
                await Shell.InAsync(host.Name, $"tc qdisc del dev {device} root\n", cancellation);
            };
        }

        var link = await DelayLink.InsertAsync(port, NetworkScript.Switch(Network, host.Interfaces[0].Segment), delay, Clock, cancellationToken);
        return async _ => await link.DisposeAsync();
    }

    private async Task<Func<CancellationToken, Task>> KillAsync(LabHost host, CancellationToken cancellationToken)
    {
        var hosts = host.Kind == LabHostKind.Balancer ? Members(host.Part) : [host];
        foreach (var each in hosts)
        {
            var program = ProgramOn(each.Name) ?? throw new LabException($"Nothing runs on {each.Name}.");
            program.Kill();
            await program.Ended.WaitAsync(cancellationToken);
        }

        return async cancellation =>
        {
            foreach (var each in hosts)
            {
                await RestartAsync(each, cancellation);
            }
        };
    }

    private async Task RestartAsync(LabHost host, CancellationToken cancellationToken)
    {
        switch (host.Kind)
        {
            case LabHostKind.Proxy:
                await StartProxyAsync(host, cancellationToken);
                break;
            case LabHostKind.Member:
                await StartProxyAsync(host, cancellationToken);
                await WaitForMemberAsync(host, cancellationToken);
                break;
            case LabHostKind.Cloud:
                await StartPortalAsync(host.Part, cancellationToken);
                break;
            case LabHostKind.Sensor:
                await StartSensorAsync(Site.Sensors.First(s => s.Name.ToString() == host.Part), cancellationToken);
                break;
            default:
                throw new LabException($"The lab does not know how to start what ran on {host.Name} again.");
        }
    }

    private Func<CancellationToken, Task> Freeze(LabHost host)
    {
        var programs = (host.Kind == LabHostKind.Balancer ? Members(host.Part) : [host]).Select(h => ProgramOn(h.Name) ?? throw new LabException($"Nothing runs on {h.Name}.")).ToList();
        programs.ForEach(p => p.Signal(Signals.Stop));
        return _ =>
        {
            programs.ForEach(p => p.Signal(Signals.Continue));
            return Task.CompletedTask;
        };
    }

    // The resolver itself, or those that the host asks.
    private Func<CancellationToken, Task> Resolvers(LabHost host, string fault)
    {
        var asked = host.Kind == LabHostKind.Resolver ? [host.Name] : Network.Hosts.Where(h => host.DnsServers.Any(h.Addresses.Contains)).Select(h => h.Name).ToList();
        var servers = asked.Select(n => NameServers.GetValueOrDefault(n)).OfType<NameServer>().ToList();
        if (servers.Count == 0)
        {
            throw new FaultNotHereException($"{host.Name} asks no resolver: none is planned in its zone.");
        }

        foreach (var server in servers)
        {
            // RFC 5737, TEST-NET-3's end: nobody is there.
            (server.Lie, server.KnowsNothing, server.IsSilent) = (fault == "wrong-dns" ? IPAddress.Parse("203.0.113.254") : null, fault == "no-such-name", fault == "no-dns");
        }

        return _ =>
        {
            servers.ForEach(s => (s.Lie, s.KnowsNothing, s.IsSilent) = (null, false, false));
            return Task.CompletedTask;
        };
    }

    private async Task<Func<CancellationToken, Task>> ChangePasswordAsync(LabHost host, CancellationToken cancellationToken)
    {
        if (host.Kind is not (LabHostKind.Proxy or LabHostKind.Member) || Site.Proxy(host.Part).Credentials is not { } credentials)
        {
            throw new FaultNotHereException($"{host.Name} asks for no password by the site file.");
        }

        // The sensor keeps what it knows; the proxy starts with another one.
        Secrets.Change(credentials.Password);
        try
        {
            await RestartProxyAsync(host, cancellationToken);
        }
        finally
        {
            Secrets.Restore(credentials.Password);
        }

        return cancellation => RestartProxyAsync(host, cancellation);
    }

    private async Task<Func<CancellationToken, Task>> ExpireAsync(LabHost host, CancellationToken cancellationToken)
    {
        if (host.Kind is not (LabHostKind.Proxy or LabHostKind.Member) || Site.Proxy(host.Part) is not { Scheme: HopScheme.Https } proxy)
        {
            throw new FaultNotHereException($"{host.Name} has no certificate of the lab's: it is neither an https proxy nor the cloud.");
        }

        Secrets.MakeCertificate(proxy, isExpired: true);
        await RestartProxyAsync(host, cancellationToken);
        return cancellation =>
        {
            Secrets.MakeCertificate(proxy);
            return RestartProxyAsync(host, cancellation);
        };
    }

    private async Task RestartProxyAsync(LabHost host, CancellationToken cancellationToken)
    {
        if (ProgramOn(host.Name) is { } program)
        {
            program.Kill();
            await program.Ended.WaitAsync(cancellationToken);
        }

        await RestartAsync(host, cancellationToken);
    }

    // What is started from now on has the other clock; a sensor that runs is started again.
    private async Task<Func<CancellationToken, Task>> SetClockAsync(LabHost host, string offset, CancellationToken cancellationToken)
    {
        if (!File.Exists(HostProgramStart.FakeTimeLibrary))
        {
            throw new LabException("Clocks that are off need libfaketime (package faketime), which is not installed here.");
        }

        _clocks[host.Name] = offset;
        await RestartIfRunsAsync(host, cancellationToken);
        return cancellation =>
        {
            _clocks.Remove(host.Name);
            return RestartIfRunsAsync(host, cancellation);
        };
    }

    private async Task RestartIfRunsAsync(LabHost host, CancellationToken cancellationToken)
    {
        if (ProgramOn(host.Name) is { } program)
        {
            await program.StopAsync();
            await RestartAsync(host, cancellationToken);
        }
    }

    // The sensor's data on a file system of its own, which fills up once the sensor runs: one that starts without any room says so and waits.
    private async Task<Func<CancellationToken, Task>> FillDiskAsync(LabHost host, CancellationToken cancellationToken)
    {
        if (host.Kind != LabHostKind.Sensor || ProgramOn(host.Name) is not { } program)
        {
            throw new FaultNotHereException($"{host.Name} is no sensor that runs.");
        }

        await program.StopAsync();
        var data = SensorFolder(host.Name);
        await Shell.RunAsync("sh", ["-ec", "cp -a \"$1\" \"$1.kept\"; mount -t tmpfs -o mode=0700,size=128m tmpfs \"$1\"; cp -a \"$1.kept\"/. \"$1\"; rm -rf \"$1.kept\"", "lab", data], "", cancellationToken);
        await RestartAsync(host, cancellationToken);
        await Shell.RunAsync("sh", ["-ec", "head -c 200000000 /dev/zero > \"$1/filler\" 2>/dev/null || :", "lab", data], "", cancellationToken);
        return async cancellation =>
        {
            // Room again, and back to the disk where it was, with what it holds now.
            if (ProgramOn(host.Name) is { } running)
            {
                await running.StopAsync();
            }

            await Shell.RunAsync("sh", ["-ec", "rm -f \"$1/filler\"; cp -a \"$1\" \"$1.kept\"; umount \"$1\"; rm -rf \"$1\"; mv \"$1.kept\" \"$1\"", "lab", data], "", cancellation);
            await RestartAsync(host, cancellation);
        };
    }

    private static Task<string> NftAsync(string host, string rules, CancellationToken cancellationToken) =>
        Shell.RunAsync("nsenter", [$"--net=/run/netns/{host}", "nft", "-f", "-"], rules, cancellationToken);
}

/// <summary>A fault in force.</summary>
/// <param name="Fault">What.</param>
/// <param name="Host">Where.</param>
/// <param name="Mend">Undoes it.</param>
internal sealed record ActiveFault(LabFault Fault, LabHost Host, Func<CancellationToken, Task> Mend)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Fault.Name} at {Host.Name}: {Fault.Description}";
}
