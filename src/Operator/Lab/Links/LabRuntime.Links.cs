using System.Globalization;

namespace Culvert.Lab;

/// <summary>The private links: IPsec tunnels and BGP peerings between gateways.</summary>
internal sealed partial class LabRuntime
{
    private const int StandbyMetric = 200;
    private readonly List<string> _linkNotes = [];

    /// <summary>How the links are played.</summary>
    public IReadOnlyList<string> LinkNotes => _linkNotes;

    /// <summary>Brings all links up, and waits until they carry.</summary>
    public async Task StartLinksAsync(Action<string> line, CancellationToken cancellationToken)
    {
        var gateways = Network.Links.SelectMany(l => (string[])[l.Near, l.Far]).Distinct().ToList();
        var started = Clock.GetTimestamp();
        foreach (var gateway in gateways)
        {
            await StartRoutingAsync(gateway, cancellationToken);
        }

        var vpns = Network.Links.Where(l => l.Link.Kind == PrivateLinkKind.Vpn).ToList();
        if (vpns.Count > 0)
        {
            await StartVpnsAsync(vpns, cancellationToken);
        }

        foreach (var link in Network.Links.Where(l => l.Link.Bgp is not null && l.Link.Kind != PrivateLinkKind.Vpn))
        {
            await WaitForRouteAsync(link, cancellationToken);
            _linkNotes.Add($"link {link.Link.Name}: BGP between {link.Near} and {link.Far} over {string.Join(" and ", link.Segments)}{(link.Link.Bgp!.Bfd ? ", with BFD" : "")}");
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

    private async Task StartRoutingAsync(string gateway, CancellationToken cancellationToken)
    {
        var links = Network.Links.Where(l => l.Link.Kind != PrivateLinkKind.Vpn && (l.Near == gateway || l.Far == gateway)).ToList();
        foreach (var link in links.Where(l => l.Link.Bgp is null))
        {
            await AddRoutesAsync(gateway, link, $"via {Peer(gateway, link)}", StandbyMetric + (link.Link.Priority * 10), cancellationToken);
            _linkNotes.Add($"link {link.Link.Name}: static routes, for the site file plans no BGP");
        }

        var peerings = links.Where(l => l.Link.Bgp is not null).ToList();
        if (peerings.Count == 0)
        {
            return;
        }

        var program = ProgramPath.Find("bird") ?? throw new LabException($"Private peering {peerings[0].Link.Name} needs BIRD (package bird2), which is not installed here.");
        var file = Folder.Write(Path.Combine("hosts", gateway, "bird.conf"), BirdFile.Write(Network, Network.Host(gateway), peerings));
        // Its control socket lies in the lab's own /run, which ends with the lab.
        Start(gateway, "bird", program, ["-f", "-c", file, "-s", $"/run/bird-{gateway}.ctl", "-P", $"/run/bird-{gateway}.pid"]);
    }

    private async Task StartVpnsAsync(IReadOnlyList<LabLink> vpns, CancellationToken cancellationToken)
    {
        foreach (var link in vpns.Where(l => l.Link.FromGateway is null || l.Link.ToGateway is null))
        {
            throw new LabException($"VPN {link.Link.Name} has no fromGateway and toGateway in the site file, so that the lab cannot build it.");
        }

        var daemon = ((string?[])["/usr/lib/ipsec/charon", ProgramPath.Find("charon-systemd")]).FirstOrDefault(File.Exists)
            ?? throw new LabException("VPNs need strongSwan (packages charon-systemd, strongswan-swanctl, libcharon-extra-plugins), which is not installed here.");
        var inUserSpace = !await HasKernelEspAsync(cancellationToken);
        foreach (var gateway in vpns.SelectMany(l => (string[])[l.Near, l.Far]).Distinct())
        {
            var own = vpns.Where(l => l.Near == gateway || l.Far == gateway).ToList();
            var socket = VpnSocket(gateway);
            var settings = Folder.Write(Path.Combine("hosts", gateway, "strongswan.conf"), IpsecFiles.Daemon(socket, inUserSpace));
            Folder.Write(Path.Combine("hosts", gateway, "swanctl.conf"), IpsecFiles.Connections(gateway, own, l => Secrets.Password(l.Link.PreSharedKey ?? new SecretReference(SecretPlace.Environment, $"lab-{l.Link.Name}"))));
            // Its pid file has a fixed name in /run: a /run of its own for each gateway, with the socket in a folder that both see.
            Start(gateway, "strongswan", "sh", ["-c", "mount -t tmpfs tmpfs /var/run 2>/dev/null; exec \"$@\"", "lab", daemon], new Dictionary<string, string> { ["STRONGSWAN_CONF"] = settings });
        }

        foreach (var gateway in vpns.SelectMany(l => (string[])[l.Near, l.Far]).Distinct())
        {
            await LoadVpnAsync(gateway, cancellationToken);
        }

        foreach (var link in vpns)
        {
            await Shell.RunAsync("env", [VpnSettings(link.Near), "swanctl", "--initiate", "--child", link.Link.Name, "--timeout", "20", "--uri", $"unix://{VpnSocket(link.Near)}"], "", cancellationToken);
            foreach (var gateway in (string[])[link.Near, link.Far])
            {
                await AddRoutesAsync(gateway, link, inUserSpace ? "" : $"via {(gateway == link.Near ? link.Link.ToGateway : link.Link.FromGateway)}", StandbyMetric + (link.Link.Priority * 10), cancellationToken, inUserSpace ? "ipsec0" : null);
            }

            _linkNotes.Add($"link {link.Link.Name}: IPsec, IKEv2, AES-256-GCM, between {link.Link.FromGateway} and {link.Link.ToGateway}{(inUserSpace ? "; the kernel has no ESP, so that strongSwan moves the packets itself, in UDP 4500" : "")}");
        }
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

    private static async Task AddRoutesAsync(string gateway, LabLink link, string via, int metric, CancellationToken cancellationToken, string? device = null)
    {
        foreach (var network in gateway == link.Near ? link.FarNetworks : link.NearNetworks)
        {
            await Shell.InAsync(gateway, string.Create(CultureInfo.InvariantCulture, $"ip route replace {network} {via} {(device is null ? "" : $"dev {device}")} metric {metric}\n"), cancellationToken);
        }
    }

    private string Peer(string gateway, LabLink link) =>
        Network.Host(gateway == link.Near ? link.Far : link.Near).Interfaces.First(i => i.Segment == link.Segments[0]).Addresses[0].Address.ToString();

    private async Task WaitForRouteAsync(LabLink link, CancellationToken cancellationToken)
    {
        var started = Clock.GetTimestamp();
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
