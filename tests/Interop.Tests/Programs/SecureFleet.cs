using System.Net.Security;

namespace Culvert.Interop.Tests;

/// <summary>Real proxies that speak TLS and ask for client certificates, started when a test first needs one, and a cloud endpoint behind them.</summary>
public sealed class SecureFleet : IAsyncLifetime
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, ProxyProgram> _running = [];
    private Peer? _endpoint;

    /// <summary>The cloud's; no hop's certificate is of it.</summary>
    internal TestCa Cloud { get; } = new("Cloud CA");

    /// <summary>The plant's, of the hops' certificates.</summary>
    internal TestCa Plant { get; } = new("Plant CA");

    /// <summary>Of the client certificates that hops take.</summary>
    internal TestCa Clients { get; } = new("Clients CA");

    internal HostPort Endpoint => _endpoint!.Address;

    internal EndpointTls Tls => new() { Trust = Cloud.Trust };

    public ValueTask InitializeAsync()
    {
        var server = Cloud.Server("127.0.0.1");
        _endpoint = new Peer(async (stream, end) =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(server, end);
            await tls.CopyToAsync(tls, end);
        });
        return default;
    }

    /// <summary>A hop with the trust and the client certificate that its program wants.</summary>
    internal async Task<Hop> HopAsync(string program)
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (!_running.TryGetValue(program, out var running))
            {
                _running[program] = running = await StartAsync(program);
            }

            var hop = new Hop { Name = program, Address = running.Address };
            return program.EndsWith("-tls", StringComparison.Ordinal) ? hop with { Scheme = HopScheme.Https, Trust = new HopTrust { CaFile = Plant.CaFile } }
                : program.EndsWith("-mtls", StringComparison.Ordinal) ? hop with
                {
                    Scheme = HopScheme.Https,
                    Trust = new HopTrust { CaFile = Plant.CaFile },
                    ClientCertificate = Clients.Write(Clients.Issue("sensor-1")),
                }
                : hop;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var running in _running.Values)
        {
            await running.DisposeAsync();
        }

        await _endpoint!.DisposeAsync();
        _gate.Dispose();
        Cloud.Dispose();
        Plant.Dispose();
        Clients.Dispose();
    }

    private async Task<ProxyProgram> StartAsync(string program)
    {
        switch (program)
        {
            case "squid":
                return await RealProxies.SquidAsync();
            case "squid-tls":
                return await RealProxies.SquidSecureAsync(Plant);
            case "squid-mtls":
                return await RealProxies.SquidSecureAsync(Plant, Clients.CaFile);
            case "haproxy-mtls":
                _running["squid"] = _running.TryGetValue("squid", out var squid) ? squid : await RealProxies.SquidAsync();
                return await RealProxies.HaproxySecureAsync(_running["squid"].Address, Plant, Clients.CaFile);
            case "tinyproxy":
                return await RealProxies.TinyproxyAsync();
            default:
                // An exact list needs exact ports: it may pass on to whatever runs already, and the tests ask for the others first.
                var files = Plant.Write(Plant.Issue("127.0.0.1"));
                var ask = program.EndsWith("-mtls", StringComparison.Ordinal) ? $", clientCaFile: {Clients.CaFile}" : "";
                return await RealProxies.CulvertAsync(
                    [Endpoint, .. _running.Values.Select(r => r.Address)], program, secure: $", scheme: https, certificate: {{ certificateFile: {files.CertificateFile}, keyFile: {files.KeyFile} }}{ask}");
        }
    }
}
