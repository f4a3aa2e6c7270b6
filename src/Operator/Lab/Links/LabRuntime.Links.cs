using System.Globalization;

namespace Culvert.Lab;

/// <summary>The private links: IPsec tunnels and BGP peerings between gateways.</summary>
internal sealed partial class LabRuntime
{
    private const int StandbyMetric = 200;

    // What is left of 1400 (strongSwan's own device) after a VXLAN's 50.
    private const int TunnelMtu = 1350;
    private readonly List<string> _linkNotes = [];

    /// <summary>How the links are played.</summary>
    public IReadOnlyList<string> LinkNotes => _linkNotes;

    /// <summary>Brings all links up, and waits until they carry.</summary>
    public async Task StartLinksAsync(Action<string> line, CancellationToken cancellationToken)
    {
        var gateways = Network.Links.SelectMany(l => (string[])[l.Near, l.Far]).Distinct().ToList();
        var started = Clock.GetTimestamp();
        var vpns = Network.Links.Where(l => l.IsVpn).ToList();
        if (vpns.Count > 0)
        {
            await StartVpnsAsync(vpns, cancellationToken);
        }

        foreach (var gateway in gateways)
        {
            await StartRoutingAsync(gateway, cancellationToken);
        }

        foreach (var link in Network.Links.Where(l => l.Link.Bgp is not null))
        {
            await WaitForPeersAsync(link, cancellationToken);
            _linkNotes.Add($"link {link.Link.Name}: {Words(link.Link.Kind)}, BGP between {link.Near} (AS {link.Link.Bgp!.FromAsn}) and {link.Far} (AS {link.Link.Bgp.ToAsn}) over {string.Join(" and ", link.Paths.Select(p => p.Name))}{(link.Link.Bgp.Bfd ? ", with BFD" : "")}");
        }

        foreach (var note in _linkNotes)
        {
            line(note);
        }

        if (gateways.Count > 0)
        {
            line($"links carry after {Seconds(started)} s");
        }
    }

    private static string Words(PrivateLinkKind kind) => kind switch
    {
        PrivateLinkKind.Vpn => "over the VPN",
        PrivateLinkKind.ExpressRouteOwnRouters => "private peering of the customer's own routers",
        _ => "private peering of the exchange provider's routers",
    };

    private async Task StartRoutingAsync(string gateway, CancellationToken cancellationToken)
    {
        var links = Network.Links.Where(l => l.Near == gateway || l.Far == gateway).ToList();
        foreach (var link in links.Where(l => !l.IsVpn && l.Link.Bgp is null))
        {
            var path = link.Paths[0];
            await AddRoutesAsync(gateway, link, $"via {(gateway == link.Near ? path.FarInner! : path.NearInner!).Address}", StandbyMetric + (link.Link.Priority * 10), cancellationToken);
            _linkNotes.Add($"link {link.Link.Name}: static routes, for the site file plans no BGP");
        }

        var speaking = links.Where(l => l.Link.Bgp is not null).ToList();
        if (speaking.Count == 0)
        {
            return;
        }

        var program = ProgramPath.Find("bird") ?? throw new LabException($"Link {speaking[0].Link.Name} needs BIRD for its BGP (package bird2), which is not installed here.", "privateLinks", speaking[0].Link.Name);
        var file = Folder.Write(Path.Combine("hosts", gateway, "bird.conf"), BirdFile.Write(Network, Network.Host(gateway), speaking));
        // Its control socket lies in the lab's own /run, which ends with the lab.
        Start(gateway, "bird", program, ["-f", "-c", file, "-s", BirdSocket(gateway), "-P", $"/run/bird-{gateway}.pid"]);
    }

    private static string BirdSocket(string gateway) => $"/run/bird-{gateway}.ctl";

    private async Task StartVpnsAsync(List<LabLink> vpns, CancellationToken cancellationToken)
    {
        foreach (var link in vpns.Where(l => l.Paths.Count == 0))
        {
            throw new LabException($"VPN {link.Link.Name} has no fromGateway and toGateway in the site file, so that the lab cannot build it.", "privateLinks", link.Link.Name);
        }

        var daemon = ((string?[])["/usr/lib/ipsec/charon", ProgramPath.Find("charon-systemd")]).FirstOrDefault(File.Exists)
            ?? throw new LabException("VPNs need strongSwan (packages charon-systemd, strongswan-swanctl, libcharon-extra-plugins), which is not installed here.", "privateLinks", vpns[0].Link.Name);
        var inUserSpace = !await HasKernelEspAsync(cancellationToken);
        var gateways = vpns.SelectMany(l => (string[])[l.Near, l.Far]).Distinct().ToList();
        foreach (var gateway in gateways)
        {
            var own = vpns.Where(l => l.Near == gateway || l.Far == gateway).ToList();
            var settings = Folder.Write(Path.Combine("hosts", gateway, "strongswan.conf"), IpsecFiles.Daemon(VpnSocket(gateway), inUserSpace));
            Folder.Write(Path.Combine("hosts", gateway, "swanctl.conf"), IpsecFiles.Connections(
                gateway, own, l => Secrets.Password(l.Link.PreSharedKey ?? new SecretReference(SecretPlace.Environment, $"lab-{l.Link.Name}")), p => WatchOf(gateway, own.First(l => l.Paths.Contains(p)), p)));
            // Its pid file has a fixed name in /run: a /run of its own for each gateway, with the socket in a folder that both see.
            Start(gateway, "strongswan", "sh", ["-c", "mount -t tmpfs tmpfs /var/run 2>/dev/null; exec \"$@\"", "lab", daemon], new Dictionary<string, string> { ["STRONGSWAN_CONF"] = settings });
        }

        foreach (var gateway in gateways)
        {
            await LoadVpnAsync(gateway, cancellationToken);
            foreach (var (link, path) in vpns.Where(l => l.IsRouted && (l.Near == gateway || l.Far == gateway)).SelectMany(l => l.Paths.Select(p => (l, p))))
            {
                await Shell.InAsync(gateway, TunnelScript(gateway, link, path, inUserSpace), cancellationToken);
            }
        }

        foreach (var link in vpns)
        {
            foreach (var path in link.Paths)
            {
                await Shell.RunAsync("env", [VpnSettings(link.Near), "swanctl", "--initiate", "--child", path.Name, "--timeout", "20", "--uri", $"unix://{VpnSocket(link.Near)}"], "", cancellationToken);
                _linkNotes.Add($"link {path.Name}: IPsec, IKEv2, AES-256-GCM, between {path.Tunnel!.From} and {path.Tunnel.To}{(path.Device is null ? "" : ", with an interface that routes lead into (VXLAN inside the tunnel)")}{(inUserSpace ? "; the kernel has no ESP, so that strongSwan moves the packets itself, in UDP 4500" : "")}");
            }

            foreach (var gateway in link.IsRouted ? [] : (string[])[link.Near, link.Far])
            {
                var outside = inUserSpace ? "dev ipsec0" : $"$({OutTo(gateway == link.Near ? link.Paths[0].Tunnel!.To : link.Paths[0].Tunnel!.From)})";
                await AddRoutesAsync(gateway, link, outside, StandbyMetric + (link.Link.Priority * 10), cancellationToken);
            }

            if (link.Link.Bgp is { Secondary: not null } && link.Paths.Count == 1)
            {
                _linkNotes.Add($"link {link.Link.Name}: the secondary peering is not played, for the site file has one tunnel; a secondFromGateway or secondToGateway makes two");
            }
        }
    }

    // The kernel has ESP: what goes to the other gateway's networks leaves as what goes to the gateway itself.
    private static string OutTo(System.Net.IPAddress peer) => $"ip -o route get {peer} | sed -E 's/^[^ ]+ ((via [^ ]+ )?dev [^ ]+).*/\\1/'";

    // A tunnel as an interface. Where the kernel has no XFRM interface, a VXLAN between two addresses that only the tunnel joins is one, with either ESP.
    private static string TunnelScript(string gateway, LabLink link, LabPath path, bool inUserSpace)
    {
        var isNear = gateway == link.Near;
        var (own, peer, inner) = isNear ? (path.NearCarrier, path.FarCarrier, path.NearInner) : (path.FarCarrier, path.NearCarrier, path.FarInner);
        var outside = inUserSpace ? "dev ipsec0" : $"$({OutTo(isNear ? path.Tunnel!.To : path.Tunnel!.From)})";
        return string.Create(CultureInfo.InvariantCulture, $"""
            ip addr add {own}/32 dev lo
            ip link add {path.Device} type vxlan id {path.Number + 1} local {own} remote {peer} dstport 4789
            ip link set dev {path.Device} mtu {TunnelMtu} up
            ip addr add {inner} dev {path.Device}
            ip route replace {peer}/32 {outside} src {own}

            """);
    }

    // Static routes need somebody who takes them away when a tunnel is dead: strongSwan, which asks its peer every two seconds.
    private string? WatchOf(string gateway, LabLink link, LabPath path)
    {
        if (!link.IsRouted || link.Link.Bgp is not null)
        {
            return null;
        }

        var metric = StandbyMetric + (link.Link.Priority * 10) + link.Paths.ToList().IndexOf(path);
        var via = (gateway == link.Near ? path.FarInner! : path.NearInner!).Address;
        var routes = string.Concat((gateway == link.Near ? link.FarNetworks : link.NearNetworks).Select(n => string.Create(CultureInfo.InvariantCulture, $"  ip route replace {n} via {via} dev {path.Device} metric {metric}\n")));
        return "/bin/sh " + Folder.Write(Path.Combine("hosts", gateway, $"{path.Name}.sh"), $"case \"$PLUTO_VERB\" in\nup-*)\n  ip link set dev {path.Device} up\n{routes}  ;;\ndown-*)\n  ip link set dev {path.Device} down\n  ;;\nesac\n");
    }

    private async Task LoadVpnAsync(string gateway, CancellationToken cancellationToken)
    {
        var started = Clock.GetTimestamp();
        while (true)
        {
            var (status, output, errors) = await Shell.TryAsync("env", [VpnSettings(gateway), "swanctl", "--load-all", "--file", Folder.FilePath(Path.Combine("hosts", gateway, "swanctl.conf")), "--uri", $"unix://{VpnSocket(gateway)}"], "", cancellationToken);
            if (status == 0)
            {
                return;
            }

            if (Clock.GetElapsedTime(started) > StartLimit || ProgramOn(gateway) is null)
            {
                throw new LabException($"strongSwan on {gateway} does not take its connections: {errors.Trim()} {output.Trim()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), Clock, cancellationToken);
        }
    }

    private static async Task AddRoutesAsync(string gateway, LabLink link, string via, int metric, CancellationToken cancellationToken)
    {
        foreach (var network in gateway == link.Near ? link.FarNetworks : link.NearNetworks)
        {
            await Shell.InAsync(gateway, string.Create(CultureInfo.InvariantCulture, $"ip route replace {network} {via} metric {metric}\n"), cancellationToken);
        }
    }

    private async Task WaitForPeersAsync(LabLink link, CancellationToken cancellationToken)
    {
        var started = Clock.GetTimestamp();
        foreach (var gateway in (string[])[link.Near, link.Far])
        {
            while (true)
            {
                var (_, said, _) = await Shell.TryAsync("birdc", ["-s", BirdSocket(gateway), "show", "protocols"], "", cancellationToken);
                if (link.Paths.All(p => said.Split('\n').Any(l => l.StartsWith($"{BirdFile.Identifier(p.Name)} ", StringComparison.Ordinal) && l.Contains("Established", StringComparison.Ordinal))))
                {
                    break;
                }

                if (Clock.GetElapsedTime(started) > StartLimit || ProgramOn(gateway) is null)
                {
                    throw new LabException($"BGP of {gateway} over {link.Link.Name} was not established within {StartLimit.TotalSeconds:0} s: {said.Trim()}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), Clock, cancellationToken);
            }
        }

        foreach (var (gateway, network) in (IEnumerable<(string, System.Net.IPNetwork)>)[.. link.FarNetworks.Select(n => (link.Near, n)), .. link.NearNetworks.Select(n => (link.Far, n))])
        {
            while (!(await Shell.InAsync(gateway, $"ip route show {network} proto bird\n", cancellationToken)).Contains("via", StringComparison.Ordinal))
            {
                if (Clock.GetElapsedTime(started) > StartLimit || ProgramOn(gateway) is null)
                {
                    throw new LabException($"{gateway} has not learned {network} over {link.Link.Name} within {StartLimit.TotalSeconds:0} s.");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), Clock, cancellationToken);
            }
        }
    }

    private string VpnSettings(string gateway) => $"STRONGSWAN_CONF={Folder.FilePath(Path.Combine("hosts", gateway, "strongswan.conf"))}";

    // Outside /run, of which every daemon has its own.
    private string VpnSocket(string gateway) => Folder.FilePath($"vici-{Network.Hosts.Select(h => h.Name).ToList().IndexOf(gateway)}");

    // A kernel with ESP takes a state with it; one without says so.
    private static async Task<bool> HasKernelEspAsync(CancellationToken cancellationToken)
    {
        var (status, _, _) = await Shell.TryAsync("unshare", ["--net", "sh", "-c", "ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 1 mode tunnel aead 'rfc4106(gcm(aes))' 0x0123456789012345678901234567890123456789012345678901234567890123456789ab 128"], "", cancellationToken);
        return status == 0;
    }
}
