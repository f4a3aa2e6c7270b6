using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Lab;

/// <summary>Tries from every host to reach every other one, and compares what is open with what is planned.</summary>
internal sealed class Sweep(LabRuntime lab)
{
    // What an intruder tries first, besides every port that somebody listens on.
    private static readonly int[] UsualPorts = [21, 22, 23, 25, 53, 80, 102, 123, 135, 139, 443, 445, 502, 1433, 3128, 3129, 3389, 4840, 5985, 8080, 8443, 8883, 20000, 44818];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1.5);
    private const int AtOnce = 400;

    private readonly SiteMap _map = new(lab.Site);

    /// <summary>Tries everything.</summary>
    public async Task<SweepResult> RunAsync(CancellationToken cancellationToken)
    {
        var started = lab.Clock.GetTimestamp();
        var targets = await TargetsAsync();
        // Firewalls and gateways are no place to stand in: who holds one holds its rules.
        var sources = lab.Network.Hosts.Where(h => !h.Forwards).ToList();
        var found = new System.Collections.Concurrent.ConcurrentBag<(LabHost From, Target Target, string Outcome)>();
        var tried = 0;
        await Parallel.ForEachAsync(sources, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (from, cancellation) =>
        {
            foreach (var batch in targets.Where(t => t.Host != from.Name && !IsNeighbour(from, t)).Chunk(AtOnce))
            {
                Interlocked.Add(ref tried, batch.Length);
                var sockets = await HostNamespace.RunAsync(from.Name, () => batch.Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList());
                var outcomes = await Task.WhenAll(batch.Zip(sockets, (t, s) => TryAsync(t, s, cancellation)));
                foreach (var (target, outcome) in batch.Zip(outcomes).Where(o => o.Second is not null))
                {
                    found.Add((from, target, outcome!));
                }
            }
        });
        var others = found.Where(f => !IsPlanned(f.From, f.Target)).ToLookup(f => IsGuarded(f.From, f.Target));
        var unplanned = others[true]
            .Select(f => new SweepOpening(f.From.Name, f.From.Zone, f.Target.Host, f.Target.Zone, f.Target.Address.ToString(), f.Target.Port, f.Outcome))
            .OrderBy(o => o.From, StringComparer.Ordinal).ThenBy(o => o.To, StringComparer.Ordinal).ThenBy(o => o.Port).ToList();
        var unguarded = others[false].Select(f => $"{f.From.Zone} to {f.Target.Zone}").Distinct().Order(StringComparer.Ordinal).ToList();
        return new SweepResult(tried, found.Count - others.Sum(o => o.Count()), unplanned, unguarded, lab.Clock.GetElapsedTime(started).TotalSeconds);
    }

    // Where a private link alone joins two zones, the site file has nothing that could keep anything out.
    private bool IsGuarded(LabHost from, Target target) => _map.Way(from.Zone, target.Zone)?.Any(c => !c.IsLink) != false;

    // Within a zone nothing of ours stands between hosts.
    private static bool IsNeighbour(LabHost from, Target target) => target.Zone == from.Zone;

    private bool IsPlanned(LabHost from, Target target) => lab.Plan.Flows.Any(f =>
        f.Protocol == Planning.FlowProtocol.Tcp && f.Port == target.Port && f.Sources.Any(s => from.Addresses.Any(s.Contains)) && f.Destinations.Any(d => d.Contains(target.Address)));

    private async Task<List<Target>> TargetsAsync()
    {
        var targets = new List<Target>();
        foreach (var host in lab.Network.Hosts)
        {
            var listening = await HostNamespace.RunAsync(host.Name, () => Listening(File.ReadAllText("/proc/thread-self/net/tcp")));
            foreach (var at in host.Interfaces.Where(i => i.Segment == SiteZone.Internet || lab.Site.Zones.Any(z => z.Name == i.Segment)))
            {
                targets.AddRange(at.Addresses.SelectMany(a => listening.Concat(UsualPorts).Distinct().Select(p => new Target(host.Name, at.Segment, a.Address, p))));
            }
        }

        return targets;
    }

    /// <summary>The ports listened on by <c>/proc/net/tcp</c> (proc(5)): state 0A, port in hexadecimal.</summary>
    internal static IReadOnlyList<int> Listening(string table) =>
        [.. table.Split('\n').Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(f => f.Length > 3 && f[3] == "0A")
            .Select(f => int.Parse(f[1][(f[1].IndexOf(':', StringComparison.Ordinal) + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).Distinct()];

    // Open or refused, something of the other host answered; only silence and "unreachable" are closed.
    private async Task<string?> TryAsync(Target target, Socket socket, CancellationToken cancellationToken)
    {
        using (socket)
        {
            using var deadline = new CancellationTokenSource(Limit, lab.Clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(target.Address, target.Port), both.Token);
                return "open";
            }
            catch (SocketException e)
            {
                return e.SocketErrorCode == SocketError.ConnectionRefused ? "refused" : null;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    private sealed record Target(string Host, string Zone, IPAddress Address, int Port);
}

/// <summary>Something that answered.</summary>
/// <param name="From">The host that tried.</param>
/// <param name="FromZone">Its zone.</param>
/// <param name="To">The host that answered.</param>
/// <param name="ToZone">The zone of the address.</param>
/// <param name="Address">The address.</param>
/// <param name="Port">The TCP port.</param>
/// <param name="Outcome">"open", or "refused": packets arrive although nobody listens.</param>
public sealed record SweepOpening(string From, string FromZone, string To, string ToZone, string Address, int Port, string Outcome);

/// <summary>What a sweep found.</summary>
/// <param name="Tried">How many pairs of host and port were tried across zones.</param>
/// <param name="Planned">How many answered and are planned.</param>
/// <param name="Unplanned">What answered and is not planned.</param>
/// <param name="Unguarded">Pairs of zones that a private link joins with no firewall of the site file between, and where more than what is planned answered.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record SweepResult(int Tried, int Planned, IReadOnlyList<SweepOpening> Unplanned, IReadOnlyList<string> Unguarded, double Seconds);
