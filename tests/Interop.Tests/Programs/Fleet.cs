using System.Net.Security;
using System.Text;

namespace Culvert.Interop.Tests;

/// <summary>The real proxies, started once for a class, and a cloud endpoint with TLS behind them. What is not installed is remembered with its reason.</summary>
public sealed class Fleet : IAsyncLifetime
{
    private readonly Dictionary<string, ProxyProgram> _running = [];
    private readonly Dictionary<string, string> _missing = [];
    private readonly Dictionary<string, Exception> _broken = [];
    private Peer? _endpoint;

    internal TestCa Ca { get; } = new("Cloud CA");

    internal HostPort Endpoint => _endpoint!.Address;

    internal EndpointTls Tls => new() { Trust = Ca.Trust };

    public async ValueTask InitializeAsync()
    {
        var server = Ca.Server("127.0.0.1");
        _endpoint = new Peer(async (stream, end) =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(server, end);
            await ServeAsync(tls, end);
        });
        await StartAsync("squid", () => RealProxies.SquidAsync());
        await StartAsync("squid-basic", () => RealProxies.SquidAskingAsync("basic"));
        await StartAsync("squid-digest", () => RealProxies.SquidAskingAsync("digest"));
        await StartAsync("squid-ntlm", () => RealProxies.SquidAskingAsync("ntlm"));
        await StartAsync("tinyproxy", () => RealProxies.TinyproxyAsync());
        await StartAsync("tinyproxy-basic", () => RealProxies.TinyproxyAsync(asking: true));
        await StartAsync("dante", () => RealProxies.DanteAsync());
        await StartAsync("dante-user", () => RealProxies.DanteAsync(asking: true));
        await StartAsync("haproxy", () => RealProxies.HaproxyAsync(Address("squid")));
        HostPort[] allow = [Endpoint, .. _running.Values.Select(r => r.Address)];
        await StartAsync("culvert", () => RealProxies.CulvertAsync(allow));
        await StartAsync("culvert-basic", () => RealProxies.CulvertAsync(allow, asking: true));
    }

    /// <summary>The address of a proxy; skips the test where it is missing, with the reason.</summary>
    internal HostPort Address(string name)
    {
        Assert.SkipWhen(_missing.ContainsKey(name), _missing.GetValueOrDefault(name, ""));
        return _broken.TryGetValue(name, out var why) ? throw new InvalidOperationException($"{name} did not start.", why) : _running[name].Address;
    }

    internal Hop Hop(string name, HopCredentials? credentials = null) => new()
    {
        Name = name,
        Address = Address(name),
        Scheme = name.StartsWith("dante", StringComparison.Ordinal) ? HopScheme.Socks5 : HopScheme.Http,
        Credentials = credentials,
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var running in _running.Values)
        {
            await running.DisposeAsync();
        }

        await _endpoint!.DisposeAsync();
        Ca.Dispose();
    }

    private async Task StartAsync(string name, Func<Task<ProxyProgram>> start)
    {
        try
        {
            _running[name] = await start();
        }
        catch (Exception e) when (e.Message.StartsWith("$XunitDynamicSkip$", StringComparison.Ordinal))
        {
            _missing[name] = e.Message["$XunitDynamicSkip$".Length..];
        }
        catch (InvalidOperationException e)
        {
            // Only the tests that need it fail.
            _broken[name] = e;
        }
    }

    /// <summary>Answers a GET as a web server does, and sends everything else back.</summary>
    private static async Task ServeAsync(Stream stream, CancellationToken end)
    {
        var buffer = new byte[8192];
        for (int read; (read = await stream.ReadAsync(buffer, end)) > 0;)
        {
            if (Encoding.ASCII.GetString(buffer, 0, read).StartsWith("GET ", StringComparison.Ordinal))
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"u8.ToArray(), end);
                return;
            }

            await stream.WriteAsync(buffer.AsMemory(0, read), end);
        }
    }
}
