using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>The owner at the portal: signs in with the one-time code as a browser does, and uses the REST API.</summary>
internal sealed partial class PortalClient : IDisposable
{
    private readonly HttpClient _http;

    private PortalClient(HttpClient http) => _http = http;

    public static async Task<PortalClient> SignInAsync(Portal portal, CancellationToken cancellationToken)
    {
        var trust = X509CertificateLoader.LoadCertificateFromFile(portal.RootCertificate);
        var handler = new SocketsHttpHandler
        {
            CookieContainer = new CookieContainer(),
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, portal.Port, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(trust);
        var http = new HttpClient(handler) { BaseAddress = new Uri($"https://{Portal.Host}:{portal.Port}/"), Timeout = Limits.Condition };
        http.DefaultRequestHeaders.Add("X-Requested-With", "end-to-end tests");
        var page = await http.GetStringAsync(new Uri("sign-in?first=true", UriKind.Relative), cancellationToken);
        var fields = Hidden().Matches(page).Select(m => HiddenField(m.Value)).Where(f => f.Key.Length > 0).ToDictionary();
        fields["Input.Code"] = portal.SignInCode!;
        fields["Input.Name"] = "owner";
        fields["Input.Password"] = "a long enough password";
        using var form = new FormUrlEncodedContent(fields);
        using var answer = await http.PostAsync(new Uri("sign-in?first=true", UriKind.Relative), form, cancellationToken);
        var client = new PortalClient(http);
        // Only who is signed in may see this.
        await client.GetAsync("api/v1/users", cancellationToken);
        return client;
    }

    public async Task<JsonNode?> GetAsync(string path, CancellationToken cancellationToken) =>
        JsonNode.Parse(await _http.GetStringAsync(new Uri(path, UriKind.Relative), cancellationToken));

    public async Task<JsonNode?> PostAsync(string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(body);
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"POST {path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public async Task PatchAsync(string path, JsonNode body, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(body);
        using var answer = await _http.PatchAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"PATCH {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    public void Dispose() => _http.Dispose();

    private static KeyValuePair<string, string> HiddenField(string tag)
    {
        string Attribute(string name) => WebUtility.HtmlDecode(Regex.Match(tag, $"{name}=\"([^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value);
        return new(Attribute("name"), Attribute("value"));
    }

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Hidden();
}
