using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Planning;

namespace Culvert.Lab;

/// <summary>What a member of a pool says of its load in its <c>/metrics</c>.</summary>
/// <param name="Tunnels">Open tunnels.</param>
/// <param name="Used">Their share of the limit, 0 to 1.</param>
internal sealed record MemberLoad(long Tunnels, double Used)
{
    private const int LongestAnswer = 256 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Asks a member as its balancer does; null when it does not answer.</summary>
    public static async Task<MemberLoad?> ReadAsync(SiteProxy pool, LabHost member, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var socket = await HostNamespace.RunAsync(pool.Name, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await socket.ConnectAsync(new IPEndPoint(member.Address, ProxyHealth.PortOf(pool)), both.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /metrics HTTP/1.1\r\nHost: {member.Address}\r\nConnection: close\r\n\r\n"), both.Token);
            var text = new StringBuilder();
            var buffer = new byte[16 * 1024];
            while (text.Length < LongestAnswer && await socket.ReceiveAsync(buffer, both.Token) is > 0 and var length)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, length));
            }

            return Parse(text.ToString());
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Reads OpenMetrics; null when the two values are not in it.</summary>
    internal static MemberLoad? Parse(string metrics) =>
        Value(metrics, "culvert_proxy_tunnels_open") is { } open && Value(metrics, "culvert_proxy_tunnels_used") is { } used ? new MemberLoad((long)open, used) : null;

    private static double? Value(string metrics, string name) => metrics.Split('\n')
        .Where(l => l.StartsWith($"{name} ", StringComparison.Ordinal) || l.StartsWith($"{name}_ratio ", StringComparison.Ordinal))
        .Select(l => double.TryParse(l.Split(' ')[1], CultureInfo.InvariantCulture, out var value) ? value : (double?)null).FirstOrDefault();
}
