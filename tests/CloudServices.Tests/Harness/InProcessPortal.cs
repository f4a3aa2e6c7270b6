using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.PortalHost;
using Culvert.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.CloudServices.Tests;

/// <summary>The real portal in this process, on free ports of loopback, with real TLS and a database of its own.</summary>
public sealed class InProcessPortal : IAsyncDisposable
{
    private readonly DirectoryInfo? _owned;
    private readonly TimeProvider? _clock;
    private WebApplication? _app;

    private InProcessPortal(DirectoryInfo? owned, string folder, TimeProvider? clock) => (_owned, Folder, _clock) = (owned, folder, clock);

    public string Folder { get; }

    /// <summary>Port of the five services (HTTPS).</summary>
    public int Port { get; private set; }

    /// <summary>Port of MQTT in TLS without WebSocket.</summary>
    public int MqttPort { get; private set; }

    public X509Certificate2 Root => Service<PortalAuthority>().Root;

    public IPortalStore Store => Service<IPortalStore>();

    public static async Task<InProcessPortal> StartAsync(TimeProvider? clock = null)
    {
        var folder = Directory.CreateTempSubdirectory("culvert-portal-");
        var portal = new InProcessPortal(folder, folder.FullName, clock);
        await portal.ListenAsync();
        return portal;
    }

    public T Service<T>()
        where T : notnull => _app!.Services.GetRequiredService<T>();

    /// <summary>Stops it and starts it again on the same data and ports.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await ListenAsync();
    }

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await app.StopAsync(limit.Token);
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _owned?.Delete(recursive: true);
    }

    /// <summary>Onboards a sensor and gives its activation content.</summary>
    public async Task<ActivationContent> OnboardAsync(string sensor, bool automaticPackages = false)
    {
        var request = new OnboardingRequest { Name = sensor, Site = "plant", Zone = "cell-1", CreatePlace = true, AutomaticThreatIntelligence = automaticPackages };
        var outcome = await Service<SensorOnboarding>().OnboardAsync(request, Actor.Local, CancellationToken.None);
        Assert.True(outcome.IsDone, string.Join("; ", outcome.Mistakes));
        return System.Text.Json.JsonSerializer.Deserialize(Convert.FromBase64String(outcome.Value!.Content), CulvertJson.Default.ActivationContent)!;
    }

    /// <summary>Onboards a sensor and enrols it over the wire: its certificate with its key.</summary>
    public async Task<X509Certificate2> EnrolAsync(string sensor, bool automaticPackages = false)
    {
        var activation = await OnboardAsync(sensor, automaticPackages);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var client = HttpClient();
        var request = new EnrolmentRequest(activation.EnrolmentToken, RequestPem(sensor, key), TimeProvider.System.GetUtcNow());
        using var body = new ByteArrayContent(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(request, CulvertJson.Default.EnrolmentRequest));
        using var answer = await client.PostAsync($"/enrolment/v1/sensors/{sensor}/certificate", body);
        var text = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var issued = System.Text.Json.JsonSerializer.Deserialize(text, CulvertJson.Default.EnrolmentAnswer)!;
        using var certificate = X509Certificate2.CreateFromPem(issued.CertificatePem);
        return certificate.CopyWithPrivateKey(key);
    }

    public static string RequestPem(string sensor, ECDsa key) => new CertificateRequest($"CN={sensor}", key, HashAlgorithmName.SHA384).CreateSigningRequestPem();

    /// <summary>A client that reaches this portal only, whatever the name.</summary>
    public HttpClient HttpClient(X509Certificate2? identity = null) => new(Handler(identity)) { BaseAddress = new Uri($"https://localhost:{Port}"), Timeout = TimeSpan.FromSeconds(60) };

    public SocketsHttpHandler Handler(X509Certificate2? identity, Func<int, CancellationToken, Task<Stream>>? connect = null) => new()
    {
        ConnectCallback = async (context, token) => await (connect ?? ConnectAsync)(Port, token),
        SslOptions = ClientTls(identity),
        AllowAutoRedirect = false,
        UseProxy = false,
    };

    public static async Task<Stream> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>TLS, verified, to a port of this portal.</summary>
    public async Task<Stream> OpenTlsAsync(int port, X509Certificate2? identity, CancellationToken cancellationToken, Func<int, CancellationToken, Task<Stream>>? connect = null)
    {
        var tls = new SslStream(await (connect ?? ConnectAsync)(port, cancellationToken));
        try
        {
            await tls.AuthenticateAsClientAsync(ClientTls(identity), cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    public SslClientAuthenticationOptions ClientTls(X509Certificate2? identity)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(Root);
        return new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = policy,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificates = identity is null ? null : [identity],
            LocalCertificateSelectionCallback = identity is null ? null : (_, _, _, _, _) => identity,
        };
    }

    private async Task ListenAsync()
    {
        var options = new PortalOptions
        {
            DataFolder = Folder,
            Listen = new IPEndPoint(IPAddress.Loopback, Port),
            MqttListen = new IPEndPoint(IPAddress.Loopback, MqttPort),
        };
        var app = PortalApplication.Build(options, _clock);
        await app.StartAsync();
        _app = app;
        var ports = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a).Port).ToList();
        // In the order of the listeners.
        (Port, MqttPort) = (ports[0], ports[1]);
        Service<PortalAddress>().Set(new HostPort("localhost", Port));
    }
}
