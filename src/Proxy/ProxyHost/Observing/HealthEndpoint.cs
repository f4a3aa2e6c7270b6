using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Relaying;

namespace Culvert.ProxyHost;

/// <summary>Serves health, metrics and the autoscaler's signal to load balancers and collectors: GET only, one request a connection. A web server would be three times the size of the whole proxy.</summary>
internal sealed class HealthEndpoint(IPEndPoint endPoint, RelayServer server, OpenMetricsWriter metrics, AutoscaleSignal autoscale, TimeProvider clock) : IDisposable
{
    private const int MaxRequest = 8192;
    private const int MaxConnections = 64;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly Socket _socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private int _connections;

    public IPEndPoint Start()
    {
        _socket.Bind(endPoint);
        _socket.Listen(128);
        _ = AcceptAsync();
        return (IPEndPoint)_socket.LocalEndPoint!;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _socket.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync(_stopping.Token);
                if (Interlocked.Increment(ref _connections) > MaxConnections)
                {
                    Interlocked.Decrement(ref _connections);
                    socket.Dispose();
                    continue;
                }

                _ = ServeAsync(socket);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // Out of descriptors for a moment, or the client left.
                await Task.Delay(TimeSpan.FromMilliseconds(100), clock, CancellationToken.None);
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        try
        {
            using (socket)
            {
                if (await ReadAsync(socket, both.Token) is not { } request)
                {
                    return;
                }

                var (status, type, body) = await AnswerAsync(request, both.Token);
                var bytes = Encoding.UTF8.GetBytes(body);
                var head = string.Create(
                    CultureInfo.InvariantCulture,
                    $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {bytes.Length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n");
                var isHead = request.StartsWith("HEAD ", StringComparison.Ordinal);
                await socket.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. isHead ? [] : bytes], both.Token);
                socket.Shutdown(SocketShutdown.Send);
                await socket.ReceiveAsync(new byte[256], both.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever asked left or was too slow.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private static async ValueTask<string?> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxRequest];
        for (var filled = 0; filled < buffer.Length;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken);
            if (read == 0)
            {
                return null;
            }

            filled += read;
            if (buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) >= 0)
            {
                return Encoding.Latin1.GetString(buffer, 0, buffer.AsSpan(0, filled).IndexOf("\r\n"u8));
            }
        }

        return null;
    }

    private async ValueTask<(string Status, string Type, string Body)> AnswerAsync(string requestLine, CancellationToken cancellationToken)
    {
        const string text = "text/plain; charset=utf-8";
        const string json = "application/json";
        var parts = requestLine.Split(' ');
        if (parts.Length != 3 || parts[0] is not ("GET" or "HEAD"))
        {
            return ("405 Method Not Allowed", text, "GET only\n");
        }

        switch (parts[1].Split('?')[0])
        {
            case "/healthz" or "/readyz":
                var report = await server.CheckHealthAsync(cancellationToken);
                return (report.Well ? "200 OK" : "503 Service Unavailable", json, HealthJson.Write(report, server));
            case "/livez":
                // That it answers is all that is asked: a cloud that cannot be reached is no reason to start the proxy anew.
                return ("200 OK", text, "alive\n");
            case "/metrics":
                return ("200 OK", OpenMetricsWriter.ContentType, metrics.Write());
            case "/autoscale":
                return ("200 OK", json, autoscale.ToJson());
            case "/autoscale/azure":
                return ("200 OK", json, autoscale.ToAzureMetrics());
            default:
                return ("404 Not Found", text, "/healthz, /readyz, /livez, /metrics, /autoscale, /autoscale/azure\n");
        }
    }
}
