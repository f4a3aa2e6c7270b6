using System.Net;

namespace Culvert.Interop.Tests;

/// <summary>Clients that are not ours, through culvert-proxy.</summary>
public sealed class ForeignClientTests(Fleet fleet) : IClassFixture<Fleet>
{
    [Theory(Timeout = 60_000)]
    [InlineData("culvert", false)]
    [InlineData("culvert-basic", true)]
    public async Task Curl(string proxy, bool credentials)
    {
        RealProxies.RunOrSkip("curl");
        var at = fleet.Address(proxy);
        string[] who = credentials ? ["--proxy-user", $"{RealProxies.User}:{RealProxies.Password}"] : [];
        Assert.Equal("hello", await RealProxies.RunAsync("curl", ["-sS", "--max-time", "40", "--cacert", fleet.Ca.CaFile, "-x", $"http://{at}", .. who, $"https://{fleet.Endpoint}/"]));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("culvert", false)]
    [InlineData("culvert-basic", true)]
    public async Task HttpClient_of_dotnet(string proxy, bool credentials)
    {
        using var handler = new SocketsHttpHandler
        {
            Proxy = new WebProxy($"http://{fleet.Address(proxy)}") { Credentials = credentials ? new NetworkCredential(RealProxies.User, RealProxies.Password) : null },
            SslOptions = { CertificateChainPolicy = TlsPolicy.Chain(fleet.Ca.Trust) },
        };
        using var client = new HttpClient(handler);
        using var limit = Dials.Limit();
        Assert.Equal("hello", await client.GetStringAsync(new Uri($"https://{fleet.Endpoint}/"), limit.Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_destination_that_is_not_listed_is_refused_to_them_with_403()
    {
        using var handler = new SocketsHttpHandler { Proxy = new WebProxy($"http://{fleet.Address("culvert")}") };
        using var client = new HttpClient(handler);
        using var limit = Dials.Limit();
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri("https://127.0.0.1:22/"), limit.Token));
        Assert.Contains("403", refused.Message);
    }
}
