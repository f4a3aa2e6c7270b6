namespace Culvert.Lab;

/// <summary>Makes faults and mends them.</summary>
internal sealed partial class LabRuntime
{
    private static readonly (FaultPlaces Place, string Words)[] PlaceWords =
    [
        (FaultPlaces.SingleProxy, "a proxy"), (FaultPlaces.Member, "a member of a pool"), (FaultPlaces.Pool, "a pool"), (FaultPlaces.Cloud, "the cloud"), (FaultPlaces.Sensor, "a sensor"),
        (FaultPlaces.Firewall, "a firewall or gateway"), (FaultPlaces.Resolver, "a resolver or a host that asks one"), (FaultPlaces.Edge, "an edge FROM..TO"),
    ];

    private readonly List<ActiveFault> _faults = [];

    /// <summary>The faults in force.</summary>
    public IReadOnlyList<ActiveFault> Faults => _faults;

    /// <summary>The places that a fault can be made at, for people.</summary>
    public static string WordsOf(FaultPlaces places) => string.Join(", ", PlaceWords.Where(w => places.HasFlag(w.Place)).Select(w => w.Words));

    /// <summary>Makes a fault at a host or an edge, by its name in the site file or the lab. Throws <see cref="FaultNotHereException"/> where it cannot be made there.</summary>
    public async Task<ActiveFault> BreakAsync(FaultOrder order, CancellationToken cancellationToken)
    {
        var (fault, place) = (order.Fault, FaultPlace.Find(Network, order.At));
        var value = fault.Check(order.Value);
        if (_faults.FirstOrDefault(f => f.Fault == fault && f.Place.Name == place.Name) is { } same)
        {
            throw new LabException($"{same} is in force already; mend it first: culvert lab mend {fault.Name} --at {place.Name}");
        }

        if ((fault.Places & KindsOf(place)) == FaultPlaces.None)
        {
            throw new FaultNotHereException($"{fault.Name} cannot be made at {place.Name}, which is {WordsOf(KindsOf(place))}; expected {WordsOf(fault.Places)}.");
        }

        if (IsOfAProgram(fault) && _faults.FirstOrDefault(f => IsOfAProgram(f.Fault) && f.Place.Host.Name == place.Host.Name) is { } other)
        {
            throw new LabException($"{fault.Name} and {other.Fault.Name} both work on the program of {place.Host.Name}; mend the other first: culvert lab mend {other.Fault.Name} --at {place.Name}");
        }

        var made = new ActiveFault(fault, place, fault.Value is { } takes ? order.Value ?? takes.Default : null, await MakeAsync(fault.Name, place, value, cancellationToken));
        _faults.Add(made);
        return made;
    }

    /// <summary>Mends the faults of this name at this place; all that match where either is null. Gives what was mended.</summary>
    public async Task<IReadOnlyList<string>> MendAsync(string? name, string? at, CancellationToken cancellationToken)
    {
        var mended = new List<string>();
        foreach (var fault in _faults.Where(f => (name is null || f.Fault.Name == name) && (at is null || f.Place.Name == at || (f.Place.To is null && f.Place.Host.Part == at))).Reverse().ToList())
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
        _ => throw new FaultNotHereException($"{host.Name} serves nothing on the way to the cloud; make this fault at a proxy or the cloud."),
    };

    /// <summary>What kinds of places it counts as.</summary>
    internal static FaultPlaces KindsOf(FaultPlace place) => place.To is not null ? FaultPlaces.Edge : place.Host.Kind switch
    {
        LabHostKind.Proxy => FaultPlaces.SingleProxy,
        LabHostKind.Member => FaultPlaces.SingleProxy | FaultPlaces.Member,
        LabHostKind.Balancer => FaultPlaces.Pool,
        LabHostKind.Cloud => FaultPlaces.Cloud,
        LabHostKind.Sensor => FaultPlaces.Sensor,
        LabHostKind.Firewall or LabHostKind.Gateway => FaultPlaces.Firewall,
        LabHostKind.Resolver => FaultPlaces.Resolver,
        _ => FaultPlaces.None,
    } | (place.Host.DnsServers.Count > 0 ? FaultPlaces.Resolver : FaultPlaces.None);

    private static bool IsOfAProgram(LabFault fault) => fault.Name is "kill" or "freeze" or "member-dead" or "credentials-wrong" or "clock-off" or "disk-full"
        || (fault.Name == "certificate-expired");

    private async Task<Func<CancellationToken, Task>> MakeAsync(string fault, FaultPlace place, double value, CancellationToken cancellationToken)
    {
        var host = place.Host;
        if (BadProxy.Manners.Contains(fault))
        {
            var stands = place.To ?? host;
            var certificate = ServerCertificate(stands);
            return await RedirectAsync(place, () => BadProxy.StartAsync(stands.Name, new BadManner(fault, value), certificate, new BadTunnel(stands.Name, AddressesOf), Clock), cancellationToken);
        }

        return fault switch
        {
            "drop" => await RulesAsync(place, "", "drop", cancellationToken),
            "refuse" => await RulesAsync(place, "", "reject with tcp reset", cancellationToken),
            // 60 bytes is the longest header of a packet without data that TCP sends here.
            "reset" => await RulesAsync(place, "ip length > 60", "reject with tcp reset", cancellationToken),
            "idle-cut" => await CutIdleAsync(place, value, cancellationToken),
            "mtu" => await CableRulesAsync(place, FormattableString.Invariant($"ip length > {value:0} drop"), cancellationToken),
            "loss" => await CableRulesAsync(place, value >= 100 ? "drop" : FormattableString.Invariant($"numgen random mod 100 < {value:0} drop"), cancellationToken),
            "bandwidth" => await NarrowAsync(place, value, cancellationToken),
            "delay" => await DelayAsync(place, TimeSpan.FromSeconds(value), cancellationToken),
            "kill" or "member-dead" => await KillAsync(host, cancellationToken),
            "freeze" => Freeze(host),
            "wrong-dns" or "no-such-name" or "no-dns" => Resolvers(host, fault),
            "credentials-wrong" => await ChangePasswordAsync(host, cancellationToken),
            "certificate-expired" when host.Kind == LabHostKind.Cloud => await RedirectAsync(place, () => TlsInspector.StartAsync(host.Name, CloudAuthority.Read(PortalFolder(host.Part)), Clock), cancellationToken),
            "certificate-expired" => await ExpireAsync(host, cancellationToken),
            "clock-off" => await SetClockAsync(host, FormattableString.Invariant($"{value:+0;-0}s"), cancellationToken),
            "tls-inspection" => await RedirectAsync(place, () => TlsInspector.StartAsync(host.Name, null, Clock), cancellationToken),
            "disk-full" => await FillDiskAsync(host, cancellationToken),
            _ => throw new LabException($"Nobody has said how to make {fault}."),
        };
    }
}
