using System.Net;
using System.Text;
using Culvert.Storage;

namespace Culvert.PortalHost.Tests;

/// <summary>Who may do what, as the documentation's table says it, asked of the running API.</summary>
public sealed class PermissionTests(RunningPortal portal)
{
    private const string R = "SecurityReader", C = "Contributor", A = "SecurityAdmin", O = "Owner";

    // Written out, not computed from the code's own table.
    private static readonly (string Method, string Path, string Body, string[] Roles)[] Table =
    [
        ("GET", "/api/v1/overview", "", [R, C, A, O]),
        ("GET", "/api/v1/sites", "", [R, C, A, O]),
        ("GET", "/api/v1/sensors", "", [R, C, A, O]),
        ("GET", "/api/v1/sensors/none", "", [R, C, A, O]),
        ("GET", "/api/v1/sensors/none/health", "", [R, C, A, O]),
        ("GET", "/api/v1/devices", "", [R, C, A, O]),
        ("GET", "/api/v1/alerts", "", [R, C, A, O]),
        ("GET", "/api/v1/endpoints", "", [R, C, A, O]),
        ("GET", "/api/v1/endpoints/list?format=edl", "", [R, C, A, O]),
        ("GET", "/api/v1/endpoints/signature", "", [R, C, A, O]),
        ("GET", "/api/v1/settings/retention", "", [R, C, A, O]),
        ("PUT", "/api/v1/settings/retention", """{"devices":0}""", [O]),
        ("GET", "/api/v1/packages", "", [R, C, A, O]),
        ("GET", "/api/v1/ingest/dead-letters", "", [R, C, A, O]),
        ("GET", "/openapi/v1.json", "", [R, C, A, O]),
        ("POST", "/api/v1/sites", """{"name":"x/y"}""", [C, A, O]),
        ("PUT", "/api/v1/sites/none", """{"displayName":"x"}""", [C, A, O]),
        ("DELETE", "/api/v1/sites/none", "", [C, A, O]),
        ("POST", "/api/v1/sensors", """{"name":"a b","site":"s","zone":"z"}""", [C, A, O]),
        ("POST", "/api/v1/sensors/none/activation", "", [C, A, O]),
        ("PUT", "/api/v1/sensors/none", """{"site":"s","zone":"z","automaticThreatIntelligence":true}""", [C, A, O]),
        ("POST", "/api/v1/sensors/none/revoke", "", [C, A, O]),
        ("DELETE", "/api/v1/sensors/none", "", [C, A, O]),
        ("POST", "/api/v1/sensors/none/symmetric-key", "", [C, A, O]),
        ("PATCH", "/api/v1/sensors/none/twin/desired", """{"learning":true}""", [C, A, O]),
        ("POST", "/api/v1/sensors/none/commands/ping", "{}", [C, A, O]),
        ("PUT", "/api/v1/alerts/none/none/status", """{"status":"closed"}""", [C, A, O]),
        ("POST", "/api/v1/alerts/none/none/learn", "", [C, A, O]),
        ("POST", "/api/v1/packages", "{}", [C, A, O]),
        ("POST", "/api/v1/packages/1.0/push", """{"sensors":[]}""", [C, A, O]),
        ("DELETE", "/api/v1/packages/1.0", "", [C, A, O]),
        ("POST", "/api/v1/planner/advice", "{}", [R, C, A, O]),
        ("POST", "/api/v1/planner/plan", "site: {}", [R, C, A, O]),
        ("GET", "/api/v1/sensors/none/checks", "", [R, C, A, O]),
        ("POST", "/api/v1/sensors/none/checks", "", [C, A, O]),
        ("GET", "/api/v1/audit", "", [A, O]),
        ("GET", "/api/v1/users", "", [O]),
        ("POST", "/api/v1/users", """{"name":"x:y","role":"owner","password":"not used as the name is bad"}""", [O]),
        ("PATCH", "/api/v1/users/none", """{"disabled":true}""", [O]),
        ("DELETE", "/api/v1/users/none", "", [O]),
        ("GET", "/api/v1/users/none/tokens", "", [O]),
        ("POST", "/api/v1/users/none/tokens", """{"name":"t","role":"owner","days":1}""", [O]),
        ("DELETE", "/api/v1/users/none/tokens/none", "", [O]),
        // One's own tokens are for who is signed in; this table is asked by token.
        ("GET", "/api/v1/tokens", "", []),
        ("POST", "/api/v1/tokens", """{"name":"t","role":"securityReader","days":1}""", []),
        ("DELETE", "/api/v1/tokens/none", "", []),
    ];

    public static TheoryData<UserRole> Roles() => [.. Enum.GetValues<UserRole>()];

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_role_may_do_what_the_table_says_and_nothing_else(UserRole role)
    {
        var client = await portal.TokenAsync(role);
        var wrong = new List<string>();
        foreach (var (method, path, body, roles) in Table)
        {
            var status = await SendAsync(client, method, path, body);
            var allowed = roles.Contains(role.ToString());
            if ((status == HttpStatusCode.Forbidden) == allowed || status is HttpStatusCode.Unauthorized or >= HttpStatusCode.InternalServerError)
            {
                wrong.Add($"{role}: {method} {path} gave {(int)status}, {(allowed ? "should be allowed" : "should be 403")}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Without_identity_nothing_of_the_api_answers()
    {
        var client = portal.Anonymous();
        foreach (var (method, path, body, _) in Table.Where(t => t.Path.StartsWith("/api", StringComparison.Ordinal)))
        {
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, await SendAsync(client, method, path, body)));
        }
    }

    [Fact]
    public async Task A_token_never_does_more_than_its_user()
    {
        var made = await portal.Service<TokenAdministration>().CreateAsync("SecurityReader", "climber", UserRole.Owner, 1, Actor.Local, TestContext.Current.CancellationToken);
        var client = portal.Anonymous();
        client.DefaultRequestHeaders.Authorization = new("Bearer", made.Value!.Secret);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "GET", "/api/v1/sensors", ""));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(client, "GET", "/api/v1/users", ""));
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
