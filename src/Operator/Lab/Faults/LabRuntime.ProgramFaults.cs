using System.Net;

namespace Culvert.Lab;

/// <summary>Faults of programs, resolvers, certificates, clocks and disks.</summary>
internal sealed partial class LabRuntime
{
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

        servers.ForEach(s => Set(s, true));
        return _ =>
        {
            servers.ForEach(s => Set(s, false));
            return Task.CompletedTask;
        };

        // Each its own: several may be in force, and silence is the strongest.
        void Set(NameServer server, bool on)
        {
            switch (fault)
            {
                case "wrong-dns":
                    // RFC 5737, TEST-NET-3's end: nobody is there.
                    server.Lie = on ? IPAddress.Parse("203.0.113.254") : null;
                    break;
                case "no-such-name":
                    server.KnowsNothing = on;
                    break;
                default:
                    server.IsSilent = on;
                    break;
            }
        }
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
            throw new FaultLacksException("clock-off needs libfaketime (package faketime), which is not installed here.");
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
            throw new FaultNotHereException($"disk-full needs a sensor that runs, and {host.Name} does not: this lab was started with --no-sensors, or it has not been activated.");
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
}
