using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Culvert.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(Culvert.PortalHost.Tests.RunningPortal))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Culvert.PortalHost.Tests;

/// <summary>The whole portal on a port of its own, in this process, with a user of every role.</summary>
public sealed class RunningPortal : IAsyncLifetime
{
    public const string Password = "a long enough password";
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-portal-").FullName;
    private readonly List<HttpClient> _clients = [];

    public ShiftedClock Clock { get; } = new();

    public WebApplication App { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public IPortalStore Store => Service<IPortalStore>();

    public T Service<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        var options = new PortalOptions { DataFolder = _folder, Listen = new IPEndPoint(IPAddress.Loopback, 0) };
        App = PortalApplication.Build(options, Clock);
        await App.StartAsync(TestContext.Current.CancellationToken);
        var address = PortalApplication.ListeningAddress(App, options);
        Service<PortalAddress>().Set(address);
        Address = new Uri($"https://{address}");
        foreach (var role in Enum.GetValues<UserRole>())
        {
            await Service<UserAdministration>().CreateAsync(role.ToString(), role, Password, Actor.Local, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(c => c.Dispose());
        await App.StopAsync(CancellationToken.None);
        await App.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A client without any identity, that trusts the portal's root alone and follows no redirect.</summary>
    public HttpClient Anonymous(X509Certificate2? certificate = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(Service<PortalAuthority>().Root);
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        var client = new HttpClient(handler) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        _clients.Add(client);
        return client;
    }

    /// <summary>A client with an API token of a user of this role.</summary>
    public async Task<HttpClient> TokenAsync(UserRole role)
    {
        var made = await Service<TokenAdministration>().CreateAsync(role.ToString(), "test", role, 1, Actor.Local, CancellationToken.None);
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.Value!.Secret);
        return client;
    }
}
