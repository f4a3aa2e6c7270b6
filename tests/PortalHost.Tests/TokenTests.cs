using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Storage;

namespace Culvert.PortalHost.Tests;

/// <summary>API tokens over the API itself: one's own by session, those of others by who manages users.</summary>
public sealed class TokenTests(SessionTests.OwnPortal own) : IClassFixture<SessionTests.OwnPortal>
{
    private const string Own = "/api/v1/tokens";
    private readonly RunningPortal _portal = own.Portal;

    [Fact(Timeout = 120_000)]
    public async Task A_reader_makes_a_token_uses_it_and_takes_it_back()
    {
        var session = await SignInAsync("SecurityReader");
        var (status, made) = await SendAsync(session, HttpMethod.Post, Own, """{"name":"nightly export","role":"securityReader","days":30}""");
        Assert.Equal(HttpStatusCode.OK, status);
        var (id, secret) = (made!["token"]!["id"]!.GetValue<string>(), made["secret"]!.GetValue<string>());
        Assert.Equal("SecurityReader", made["token"]!["user"]!.GetValue<string>());
        var script = _portal.Anonymous();
        script.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(script, HttpMethod.Get, "/api/v1/sensors")).Status);
        // A token that was found must not be able to outlive itself.
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(script, HttpMethod.Get, Own)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(script, HttpMethod.Post, Own, """{"name":"x","role":"securityReader","days":30}""")).Status);
        var (_, listed) = await SendAsync(session, HttpMethod.Get, Own);
        Assert.Contains(id, listed!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, listed.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(session, HttpMethod.Delete, $"{Own}/{id}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(script, HttpMethod.Get, "/api/v1/sensors")).Status);
        var audit = await _portal.Store.Audit.QueryAsync("nightly export", PageRequest.First, TestContext.Current.CancellationToken);
        Assert.Equal(["token.delete", "token.create"], audit.Items.Select(e => e.Action));
        Assert.DoesNotContain(audit.Items, e => e.Detail.Contains(secret, StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task Nobody_takes_back_the_token_of_another_without_managing_users()
    {
        var token = (await _portal.Service<TokenAdministration>().CreateAsync("Owner", "of the owner", UserRole.Owner, 1, Actor.Local, TestContext.Current.CancellationToken)).Value!.Token;
        var session = await SignInAsync("Contributor");
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(session, HttpMethod.Delete, $"{Own}/{token.Id}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(session, HttpMethod.Delete, $"/api/v1/users/Owner/tokens/{token.Id}")).Status);
        var owner = await _portal.TokenAsync(UserRole.Owner);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(owner, HttpMethod.Delete, $"/api/v1/users/Contributor/tokens/{token.Id}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(owner, HttpMethod.Delete, $"/api/v1/users/Owner/tokens/{token.Id}")).Status);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_user_has_a_hundred_tokens_at_most()
    {
        var tokens = _portal.Service<TokenAdministration>();
        for (var i = 0; i < TokenAdministration.MaxTokensPerUser; i++)
        {
            Assert.True((await tokens.CreateAsync("SecurityAdmin", $"t{i}", UserRole.SecurityReader, 1, Actor.Local, TestContext.Current.CancellationToken)).IsDone);
        }

        var more = await tokens.CreateAsync("SecurityAdmin", "one more", UserRole.SecurityReader, 1, Actor.Local, TestContext.Current.CancellationToken);
        Assert.Equal(StoreOutcome.Conflict, more.Outcome);
        Assert.Contains("revoke one first", more.Mistakes.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1, "name")]
    [InlineData(" x", 1, "name")]
    [InlineData("x", 0, "days")]
    [InlineData("x", 367, "days")]
    public async Task A_bad_token_is_refused_and_the_place_is_named(string name, int days, string named)
    {
        var outcome = await _portal.Service<TokenAdministration>().CreateAsync("Owner", name, UserRole.Owner, days, Actor.Local, TestContext.Current.CancellationToken);
        Assert.StartsWith($"{named}:", outcome.Mistakes.Single(), StringComparison.Ordinal);
    }

    private async Task<HttpClient> SignInAsync(string user)
    {
        var client = _portal.Anonymous();
        using var answer = await SignInForm.PostAsync(client, user, RunningPortal.Password);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        return client;
    }

    private static async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpClient client, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, answer.IsSuccessStatusCode && text.Length > 0 ? JsonNode.Parse(text) : null);
    }
}
