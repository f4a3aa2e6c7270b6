using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Lab;

/// <summary>Faults of cables, firewalls and ports; and what answers in place of a host.</summary>
internal sealed partial class LabRuntime
{
    private readonly List<FaultPlace> _redirected = [];
    private int _faultTables;

    // A table of its own for each fault: several at a host never touch each other.
    private string NewTable() => string.Create(CultureInfo.InvariantCulture, $"lab_fault_{++_faultTables}");

    // What the fault means: packets to a host's port, on their way to it; to a port, from one host only; or all TCP that passes a router.
    private string Match(FaultPlace place) => place switch
    {
        { To: { } to } => string.Create(CultureInfo.InvariantCulture, $"ip daddr {Set(to)} tcp dport {ServicePort(to)}"),
        { Host.Kind: LabHostKind.Firewall or LabHostKind.Gateway } => "meta l4proto tcp",
        { Host: var host } => string.Create(CultureInfo.InvariantCulture, $"tcp dport {ServicePort(host)}"),
    };

    private async Task<Func<CancellationToken, Task>> RulesAsync(FaultPlace place, string when, string verdict, CancellationToken cancellationToken)
    {
        var (table, rule) = (NewTable(), $"{Match(place)} {when} {verdict}");
        // An edge is broken where its packets leave: nobody else's are touched.
        string[] hooks = place.To is null ? ["input", "forward"] : ["output"];
        var chains = string.Concat(hooks.Select(h => $" chain {h}_fault {{\n type filter hook {h} priority -1; policy accept;\n {rule}\n }}\n"));
        await NftAsync(place.Host.Name, $"table inet {table} {{\n{chains}}}\n", cancellationToken);
        return cancellation => NftAsync(place.Host.Name, $"delete table inet {table}\n", cancellation);
    }

    // Connection tracking forgets what is silent, and takes no stranger's packets.
    private async Task<Func<CancellationToken, Task>> CutIdleAsync(FaultPlace place, double seconds, CancellationToken cancellationToken)
    {
        var mendRules = await RulesAsync(place, "ct state invalid", "drop", cancellationToken);
        const string Folder = "/proc/sys/net/netfilter/nf_conntrack_tcp_";
        var before = (await Shell.InAsync(place.Host.Name, $"cat {Folder}loose {Folder}timeout_established\n", cancellationToken)).Split('\n');
        await Shell.InAsync(place.Host.Name, string.Create(CultureInfo.InvariantCulture, $"echo 0 > {Folder}loose; echo {Math.Ceiling(seconds):0} > {Folder}timeout_established\n"), cancellationToken);
        return async cancellation =>
        {
            await Shell.InAsync(place.Host.Name, $"echo {before[0]} > {Folder}loose; echo {before[1]} > {Folder}timeout_established\n", cancellation);
            await mendRules(cancellation);
        };
    }

    // At the fabric's end of the cable, both ways: the host and its firewall rules know nothing of it. In a router, as it passes on.
    private async Task<Func<CancellationToken, Task>> CableRulesAsync(FaultPlace place, string rule, CancellationToken cancellationToken)
    {
        var table = NewTable();
        if (IsRouter(place))
        {
            await NftAsync(place.Host.Name, $"table inet {table} {{\n chain passing {{\n type filter hook forward priority -1; policy accept;\n {rule}\n }}\n}}\n", cancellationToken);
            return cancellation => NftAsync(place.Host.Name, $"delete table inet {table}\n", cancellation);
        }

        var port = NetworkScript.Port(Network, place.Host, 0);
        var (there, back) = place.To is { } to ? ($"ip daddr {Set(to)} ", $"ip saddr {Set(to)} ") : ("", "");
        await TryAsync("nftables with netdev hooks (CONFIG_NF_TABLES_NETDEV, NFT_NUMGEN)", () => Shell.RunAsync("nft", ["-f", "-"],
            $"table netdev {table} {{\n chain incoming {{\n type filter hook ingress device {port} priority 0; policy accept;\n {there}{rule}\n }}\n chain outgoing {{\n type filter hook egress device {port} priority 0; policy accept;\n {back}{rule}\n }}\n}}\n", cancellationToken));
        return cancellation => Shell.RunAsync("nft", ["-f", "-"], $"delete table netdev {table}\n", cancellation);
    }

    private async Task<Func<CancellationToken, Task>> NarrowAsync(FaultPlace place, double bitsPerSecond, CancellationToken cancellationToken)
    {
        if (place.To is not null)
        {
            // A cable that others use too is policed, not shaped.
            return await CableRulesAsync(place, string.Create(CultureInfo.InvariantCulture, $"limit rate over {Math.Max(1, bitsPerSecond / 8):0} bytes/second burst 8 kbytes drop"), cancellationToken);
        }

        var discipline = string.Create(CultureInfo.InvariantCulture, $"tbf rate {bitsPerSecond:0}bit burst 4kb latency 400ms");
        return await ShapeAsync(place, discipline, cancellationToken);
    }

    private async Task<Func<CancellationToken, Task>> DelayAsync(FaultPlace place, TimeSpan delay, CancellationToken cancellationToken)
    {
        if (_faults.FirstOrDefault(f => f.Fault.Name == "delay" && f.Place.Host.Name == place.Host.Name) is { } same)
        {
            throw new LabException($"{same} is in force on the cable of {place.Host.Name}; mend it first: culvert lab mend delay --at {same.Place.Name}");
        }

        // Both of the kernel's disciplines want to be a cable's first: where one is in force, the other is made without it.
        if (place.To is null && !_faults.Any(f => f.Fault.Name == "bandwidth" && f.Place.Host.Name == place.Host.Name)
            && (await Shell.TryAsync("sh", ["-c", "ip link add name lab-trial type dummy && tc qdisc add dev lab-trial root netem delay 1ms; s=$?; ip link del dev lab-trial; exit $s"], "", cancellationToken)).Status == 0)
        {
            return await ShapeAsync(place, string.Create(CultureInfo.InvariantCulture, $"netem delay {delay.TotalMilliseconds:0.###}ms"), cancellationToken);
        }

        // What passes a router passes two of its cables.
        var each = IsRouter(place) ? delay / 2 : delay;
        var links = new List<DelayLink>();
        try
        {
            foreach (var (at, index) in place.Host.Interfaces.Select((at, i) => (at, i)).Take(IsRouter(place) ? int.MaxValue : 1))
            {
                links.Add(await DelayLink.InsertAsync(NetworkScript.Port(Network, place.Host, index), NetworkScript.Switch(Network, at.Segment), each, place.To is { } to ? [.. to.Addresses] : [], Clock, cancellationToken));
            }
        }
        catch
        {
            await UndoAsync();
            throw;
        }

        return _ => UndoAsync();

        async Task UndoAsync()
        {
            foreach (var link in links)
            {
                await link.DisposeAsync();
            }
        }
    }

    // A host's cable is shaped at both ends; a router, where packets leave it, which each does once.
    private async Task<Func<CancellationToken, Task>> ShapeAsync(FaultPlace place, string discipline, CancellationToken cancellationToken)
    {
        if (_faults.FirstOrDefault(f => f.Fault.Name is "bandwidth" or "delay" && f.Place.To is null && f.Place.Host.Name == place.Host.Name) is { Fault.Name: "delay" } slow
            && discipline.StartsWith("tbf", StringComparison.Ordinal) && (await Shell.InAsync(place.Host.Name, "tc qdisc show\n", cancellationToken)).Contains("netem", StringComparison.Ordinal))
        {
            throw new LabException($"{slow} holds the cable's queue; make bandwidth first, then delay.");
        }

        var devices = (IsRouter(place) ? place.Host.Interfaces : place.Host.Interfaces.Take(1)).Select(i => i.Name).ToList();
        var ports = IsRouter(place) ? [] : (List<string>)[NetworkScript.Port(Network, place.Host, 0)];
        await TryAsync($"the kernel's {discipline.Split(' ')[0]} (CONFIG_NET_SCH_{discipline.Split(' ')[0].ToUpperInvariant()}) and the program tc",
            () => Shell.InAsync(place.Host.Name, string.Concat(devices.Select(d => $"tc qdisc replace dev {d} root {discipline}\n")), cancellationToken));
        await Shell.RunAsync("sh", ["-e"], string.Concat(ports.Select(p => $"tc qdisc replace dev {p} root {discipline}\n")), cancellationToken);
        return async cancellation =>
        {
            await Shell.InAsync(place.Host.Name, string.Concat(devices.Select(d => $"tc qdisc del dev {d} root\n")), cancellation);
            await Shell.RunAsync("sh", ["-e"], string.Concat(ports.Select(p => $"tc qdisc del dev {p} root\n")), cancellation);
        };
    }

    private async Task<Func<CancellationToken, Task>> RedirectAsync<T>(FaultPlace place, Func<Task<T>> start, CancellationToken cancellationToken)
        where T : IFaultServer
    {
        var stands = place.To ?? place.Host;
        if (_redirected.Any(p => (p.To ?? p.Host).Name == stands.Name && (p.To is null || place.To is null || p.Host.Name == place.Host.Name)))
        {
            throw new LabException($"Something answers in place of {stands.Name} already; mend that first: culvert lab mend --at {stands.Name}");
        }

        var (port, table) = (ServicePort(stands), NewTable());
        var from = place.To is null ? "" : $"ip saddr {Set(place.Host)} ";
        var instead = await start();
        try
        {
            // Before the balancer's own rules. Tunnels that are open stay what they are.
            await NftAsync(stands.Name, string.Create(CultureInfo.InvariantCulture,
                $"table ip {table} {{\n chain pre {{\n type nat hook prerouting priority -110; policy accept;\n {from}tcp dport {port} redirect to :{instead.Port}\n }}\n}}\n"), cancellationToken);
        }
        catch
        {
            await instead.DisposeAsync();
            throw;
        }

        _redirected.Add(place);
        return async cancellation =>
        {
            _redirected.Remove(place);
            await NftAsync(stands.Name, $"delete table ip {table}\n", cancellation);
            await instead.DisposeAsync();
        };
    }

    // What stands in for an https hop shows the hop's own certificate.
    private X509Certificate2? ServerCertificate(LabHost host)
    {
        if (host.Kind is not (LabHostKind.Proxy or LabHostKind.Member or LabHostKind.Balancer) || Site.Proxy(host.Part) is not { Scheme: HopScheme.Https } proxy)
        {
            return null;
        }

        using var pem = X509Certificate2.CreateFromPemFile(Path.Combine(Secrets.TlsFolder, $"{proxy.Name}.pem"), Path.Combine(Secrets.TlsFolder, $"{proxy.Name}.key"));
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    // A name of the cloud, or of a proxy, by the site file.
    private List<IPAddress> AddressesOf(string name) =>
        Site.Clouds.SelectMany(c => c.Endpoints).FirstOrDefault(e => string.Equals(e.Endpoint.Address.Host, name, StringComparison.OrdinalIgnoreCase))?.Addresses.ToList()
        ?? Site.Proxies.Where(p => string.Equals(p.Host, name, StringComparison.OrdinalIgnoreCase)).Select(p => p.Address).ToList();

    // What fails the first time is not there; it says so, and which thing it is.
    private static async Task TryAsync(string what, Func<Task> make)
    {
        try
        {
            await make();
        }
        catch (LabException e)
        {
            throw new FaultLacksException($"This fault needs {what}: {e.Message}", e);
        }
    }

    private static bool IsRouter(FaultPlace place) => place is { To: null, Host.Kind: LabHostKind.Firewall or LabHostKind.Gateway };

    private static string Set(LabHost host) => $"{{ {string.Join(", ", host.Addresses)} }}";

    private static Task<string> NftAsync(string host, string rules, CancellationToken cancellationToken) =>
        Shell.RunAsync("nsenter", [$"--net=/run/netns/{host}", "nft", "-f", "-"], rules, cancellationToken);
}
