using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Culvert.Planning;

namespace Culvert.Lab;

/// <summary>The load balancers: nftables spread new connections over the members that are well, and keep the client's address, as a cloud's internal balancer does.</summary>
internal sealed partial class LabRuntime
{
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(1);
    private const int FailuresToLeave = 2;

    private readonly Dictionary<string, Balancer> _balancers = new(StringComparer.Ordinal);

    /// <summary>Which members of a pool are well now.</summary>
    public IReadOnlyList<string> WellMembers(string pool) => _balancers[pool].Well;

    private List<LabHost> Members(string pool) => [.. Network.Hosts.Where(h => h.Kind == LabHostKind.Member && h.Part == pool)];

    private async Task StartBalancerAsync(SiteProxy pool, CancellationToken cancellationToken)
    {
        var balancer = new Balancer(this, pool);
        _balancers[pool.Name] = balancer;
        _services.Add(balancer);
        await balancer.ProbeAsync(cancellationToken);
        balancer.Run();
    }

    private sealed class Balancer(LabRuntime lab, SiteProxy pool) : IAsyncDisposable
    {
        private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);
        private readonly CancellationTokenSource _stop = new();
        private readonly SemaphoreSlim _one = new(1, 1);
        private Task _running = Task.CompletedTask;
        private string _rules = "";

        public IReadOnlyList<string> Well { get; private set; } = [];

        public void Run() => _running = RunAsync(_stop.Token);

        public async Task ProbeAsync(CancellationToken cancellationToken)
        {
            await _one.WaitAsync(cancellationToken);
            try
            {
                var members = lab.Members(pool.Name);
                var answers = await Task.WhenAll(members.Select(async m => (Member: m, IsWell: await IsWellAsync(m, cancellationToken))));
                foreach (var (member, isWell) in answers)
                {
                    _failures[member.Name] = isWell ? 0 : _failures.GetValueOrDefault(member.Name) + 1;
                }

                var well = members.Where(m => _failures[m.Name] < FailuresToLeave).ToList();
                Well = [.. well.Select(m => m.Name)];
                var rules = Rules(well.Count > 0 ? well : members);
                if (rules != _rules)
                {
                    // One transaction: no connection meets half a table.
                    await Shell.RunAsync("nsenter", [$"--net=/run/netns/{pool.Name}", "nft", "-f", "-"], rules, cancellationToken);
                    _rules = rules;
                }
            }
            finally
            {
                _one.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _stop.Dispose();
            _one.Dispose();
        }

        private string Rules(List<LabHost> members) => string.Create(CultureInfo.InvariantCulture, $$"""
            table ip lab_balancer
            delete table ip lab_balancer
            table ip lab_balancer {
              chain pre {
                type nat hook prerouting priority dstnat; policy accept;
                ip daddr {{pool.Address}} tcp dport {{pool.Port}} counter dnat to numgen inc mod {{members.Count}} map { {{string.Join(", ", members.Select((m, i) => $"{i} : {m.Address}"))}} }
              }
            }

            """);

        private async Task RunAsync(CancellationToken cancellationToken)
        {
            try
            {
                using var timer = new PeriodicTimer(ProbeEvery, lab.Clock);
                while (await timer.WaitForNextTickAsync(cancellationToken))
                {
                    await ProbeAsync(cancellationToken);
                }
            }
            catch (OperationCanceledException)
            {
                // The lab ends.
            }
            catch (LabException e)
            {
                await Console.Error.WriteLineAsync($"balancer {pool.Name}: {e.Message}");
            }
        }

        // Culvert's members say whether they could open a tunnel; of others only the port can be asked.
        private async Task<bool> IsWellAsync(LabHost member, CancellationToken cancellationToken)
        {
            using var deadline = new CancellationTokenSource(ProbeLimit, lab.Clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            try
            {
                using var socket = await HostNamespace.RunAsync(pool.Name, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                var isCulvert = pool.Kind == ProxyKind.Culvert;
                await socket.ConnectAsync(new IPEndPoint(member.Address, isCulvert ? ProxyHealth.PortOf(pool) : pool.Port), both.Token);
                if (!isCulvert)
                {
                    return true;
                }

                await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes($"GET {ProxyHealth.Path} HTTP/1.1\r\nHost: {member.Address}\r\nConnection: close\r\n\r\n"), both.Token);
                var answer = new byte[256];
                var length = await socket.ReceiveAsync(answer, both.Token);
                return System.Text.Encoding.ASCII.GetString(answer, 0, length).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
            }
            catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                return false;
            }
        }
    }
}
