using System.Net.Security;
using System.Text;
using Culvert.Checking;

namespace Culvert.Interop.Tests;

/// <summary>Faults that show only when a tunnel is open and something is said in it: the check says it, with the product's own dialer.</summary>
internal static class ServiceFaults
{
    private const string Hello = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    public static IEnumerable<Fault> All =>
    [
        new("the WebSocket upgrade is answered with 400", Stage.Service, -1, Cause.WebSocketBlocked, () => CheckAsync(Cause.WebSocketBlocked, Answer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))),
        new("the service asks to slow down", Stage.Service, -1, Cause.Throttled, () => CheckAsync(Cause.Throttled, Answer("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"))),
        new("the service fails", Stage.Service, -1, Cause.ServiceFailed, () => CheckAsync(Cause.ServiceFailed, Answer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"))),
        new("the service refuses the sensor's identity with 401", Stage.Service, -1, Cause.IdentityRefused, () => CheckAsync(Cause.IdentityRefused, Answer("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"))),
        new("the tunnel is cut after four seconds of silence", null, -2, Cause.IdleCut, () => CheckAsync(Cause.IdleCut, SilentAsync, new CheckOptions { IdleUpTo = TimeSpan.FromSeconds(12), LargeRequests = false })),
        new("the way carries 80 kbit/s", null, -2, Cause.TooSlow, () => CheckAsync(Cause.TooSlow, SlowAsync, new CheckOptions { AnswerTimeout = TimeSpan.FromSeconds(40) })),
    ];

    /// <summary>Runs the check against an endpoint that serves so, and gives what it found of this cause as the failure of a trace.</summary>
    public static async Task<DialResult> CheckAsync(Cause cause, Func<SslStream, CancellationToken, Task> serve, CheckOptions? options = null, Func<HostPort, Task>? before = null)
    {
        using var ca = new TestCa("Cloud CA");
        var server = ca.Server("127.0.0.1");
        var identity = PemFiles.ReadIdentity(ca.Write(ca.Issue("sensor-1")));
        await using var endpoint = new Peer(async (stream, end) =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(server, end);
            await serve(tls, end);
        });
        if (before is not null)
        {
            await before(endpoint.Address);
        }

        var request = new CheckRequest
        {
            Routes = [Dials.Via()],
            Endpoints = [new CloudEndpoint(CloudService.IotHub, endpoint.Address)],
            Trust = ca.Trust,
            Identity = identity,
        };
        using var limit = Dials.Limit();
        var report = await new Checker(new TunnelDialer(Dials.Patient, TimeProvider.System), TimeProvider.System)
            .RunAsync(request, options ?? new CheckOptions { AnswerTimeout = TimeSpan.FromSeconds(20), LargeRequests = false }, null, limit.Token);
        var trace = report.Routes[0].Endpoints[0].Trace;
        if (trace.Failure is null && report.Findings.FirstOrDefault(f => f.Cause == cause) is { } finding)
        {
            var step = new TraceStep { HopIndex = 0, Target = endpoint.Address.ToString(), Stage = Stage.Service, Cause = finding.Cause, Evidence = finding.Summary };
            trace = trace with { Steps = [.. trace.Steps, step] };
        }

        return new DialResult { Trace = trace };
    }

    /// <summary>Answers everything well.</summary>
    public static Func<SslStream, CancellationToken, Task> Well => Answer(Switch);

    /// <summary>Answers plain requests well and the upgrade as told.</summary>
    private static Func<SslStream, CancellationToken, Task> Answer(string upgrade) => async (tls, end) =>
    {
        while (await ReadAsync(tls, int.MaxValue, end) is { } request)
        {
            await tls.WriteAsync(Encoding.ASCII.GetBytes(request.Contains("Upgrade: websocket", StringComparison.Ordinal) ? upgrade : Hello), end);
        }
    };

    private static string Switch { get; } = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n";

    private static async Task SilentAsync(SslStream tls, CancellationToken end)
    {
        while (true)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(end);
            patience.CancelAfter(TimeSpan.FromSeconds(4));
            if (await ReadAsync(tls, int.MaxValue, patience.Token) is not { } request)
            {
                return;
            }

            await tls.WriteAsync(Encoding.ASCII.GetBytes(request.Contains("Upgrade: websocket", StringComparison.Ordinal) ? Switch : Hello), end);
        }
    }

    private static async Task SlowAsync(SslStream tls, CancellationToken end)
    {
        while (await ReadAsync(tls, 1000, end) is { } request)
        {
            await tls.WriteAsync(Encoding.ASCII.GetBytes(request.Contains("Upgrade: websocket", StringComparison.Ordinal) ? Switch : Hello), end);
        }
    }

    /// <summary>One request's header, read in pieces of a size; small pieces are waited between, a tenth of a second each.</summary>
    private static async Task<string?> ReadAsync(SslStream tls, int piece, CancellationToken end)
    {
        var text = new StringBuilder();
        var buffer = new byte[Math.Min(piece, 8192)];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await tls.ReadAsync(buffer, end);
            if (read == 0)
            {
                return null;
            }

            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            if (read == piece)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, end);
            }
        }

        return text.ToString();
    }
}
