using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Lab;

/// <summary>Tries from every host to reach every other one, and compares what is open with what is planned.</summary>
internal sealed class Sweep(LabRuntime lab)
{
    // What an intruder tries first, besides every port that somebody listens on.
    private static readonly int[] UsualPorts = [21, 22, 23, 25, 53, 80, 102, 123, 135, 139, 443, 445, 502, 1433, 3128, 3129, 3389, 4840, 5985, 8080, 8443, 8883, 20000, 44818];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private const int AtOnce = 400;

    /// <summary>Tries everything.</summary>
    public async Task<SweepResult> RunAsync(CancellationToken cancellationToken)
    {
        var started = lab.Clock.GetTimestamp();
        var targets = await TargetsAsync();
        var open = new List<SweepOpening>();
        var planned = new HashSet<string>(StringComparer.Ordinal);
        var tried = 0;
        // Firewalls and gateways are no place to stand in: who holds one holds its rules.
        foreach (var from in lab.Network.Hosts.Where(h => !h.Forwards))
        {
            var tries = targets.Where(t => t.Host != from.Name && !IsNeighbour(from, t)).ToList();
            tried += tries.Count;
            foreach (var batch in tries.Chunk(AtOnce))
            {
                var sockets = await HostNamespace.RunAsync(from.Name, () => batch.Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList());
                var outcomes = await Task.WhenAll(batch.Zip(sockets, (t, s) => TryAsync(t, s, cancellationToken)));
                foreach (var (target, outcome) in batch.Zip(outcomes).Where(o => o.Second is not null))
                {
                    var opening = new SweepOpening(from.Name, from.Zone, target.Host, target.Zone, target.Address.ToString(), target.Port, outcome!);
                    if (IsPlanned(from, target))
                    {
                        planned.Add(opening.ToString());
                    }
                    else
                    {
                        open.Add(opening);
                    }
                }
            }
        }

        return new SweepResult(tried, planned.Count, open, lab.Clock.GetElapsedTime(started).TotalSeconds);
    }

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
/// <param name="Seconds">How long it took.</param>
public sealed record SweepResult(int Tried, int Planned, IReadOnlyList<SweepOpening> Unplanned, double Seconds);
