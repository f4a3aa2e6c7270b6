using System.Net;
using System.Text;
using Culvert.Storage;

namespace Culvert.PortalHost.Tests;

/// <summary>Sign-in by the page's own form, the cookie, and what a page of another site can't do with it.</summary>
public sealed class SessionTests(SessionTests.OwnPortal own) : IClassFixture<SessionTests.OwnPortal>
{
    private readonly RunningPortal _portal = own.Portal;

    [Fact]
    public async Task A_right_password_gives_a_cookie_that_no_script_and_no_plain_connection_sees()
    {
        var client = _portal.Anonymous();
        using var answer = await SignInForm.PostAsync(client, "Owner", RunningPortal.Password);
        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, new Uri(_portal.Address, answer.Headers.Location!).PathAndQuery));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("__Host-culvert=", StringComparison.Ordinal));
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(client, "/api/v1/users"));
        using var page = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("default-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("DENY", page.Headers.GetValues("X-Frame-Options").Single());
    }

    [Theory]
    [InlineData("//evil.example/", "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/alerts?status=Closed", "/alerts?status=Closed")]
    public async Task Sign_in_leads_to_this_site_only(string returnUrl, string expected)
    {
        using var answer = await SignInForm.PostAsync(_portal.Anonymous(), "Owner", RunningPortal.Password, returnUrl);
        Assert.Equal(new Uri(_portal.Address, expected), new Uri(_portal.Address, answer.Headers.Location!));
    }

    [Fact]
    public async Task Ten_wrong_passwords_lock_a_user_for_a_quarter_of_an_hour()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Contains("User name or password is wrong", await RefusedAsync("Contributor", $"wrong {i}"), StringComparison.Ordinal);
        }

        Assert.Contains("Too many wrong passwords", await RefusedAsync("Contributor", RunningPortal.Password), StringComparison.Ordinal);
        try
        {
            _portal.Clock.Shift = TimeSpan.FromMinutes(16);
            using var answer = await SignInForm.PostAsync(_portal.Anonymous(), "Contributor", RunningPortal.Password);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }
        finally
        {
            _portal.Clock.Shift = TimeSpan.Zero;
        }

        var audit = await _portal.Store.Audit.QueryAsync("signInRefused", PageRequest.First, TestContext.Current.CancellationToken);
        Assert.Equal(10, audit.Total);
    }

    [Fact]
    public async Task A_user_that_does_not_exist_is_told_the_same_as_a_wrong_password()
    {
        Assert.Contains("User name or password is wrong", await RefusedAsync("nobody", "whatever it is"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_at_once_when_its_user_is_disabled_or_has_another_role()
    {
        var client = _portal.Anonymous();
        (await SignInForm.PostAsync(client, "SecurityAdmin", RunningPortal.Password)).Dispose();
        Assert.Equal(HttpStatusCode.OK, await GetAsync(client, "/api/v1/audit"));
        var users = _portal.Service<UserAdministration>();
        await users.UpdateAsync("SecurityAdmin", UserRole.SecurityReader, null, null, Actor.Local, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(client, "/api/v1/audit"));
        (await SignInForm.PostAsync(client, "SecurityAdmin", RunningPortal.Password)).Dispose();
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(client, "/api/v1/audit"));
        await users.UpdateAsync("SecurityAdmin", null, true, null, Actor.Local, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(client, "/api/v1/sensors"));
    }

    [Fact]
    public async Task A_page_of_another_site_changes_nothing_with_the_cookie()
    {
        var client = _portal.Anonymous();
        (await SignInForm.PostAsync(client, "Owner", RunningPortal.Password)).Dispose();
        Assert.Equal(HttpStatusCode.Forbidden, await ChangeAsync(client, null));
        Assert.Equal(HttpStatusCode.Forbidden, await ChangeAsync(client, "cross-site"));
        Assert.Equal(HttpStatusCode.Forbidden, await ChangeAsync(client, "same-site"));
        Assert.Equal(HttpStatusCode.Created, await ChangeAsync(client, "same-origin"));
        using var form = new FormUrlEncodedContent([]);
        using var signOut = await client.PostAsync(new Uri("/sign-out", UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, signOut.StatusCode);
    }

    [Fact]
    public async Task The_one_time_code_makes_an_owner_once()
    {
        var code = await _portal.Service<SignInService>().CreateCodeAsync(TestContext.Current.CancellationToken);
        using var first = await SignInForm.PostAsync(_portal.Anonymous(), "newowner", RunningPortal.Password, code: code);
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        using var second = await SignInForm.PostAsync(_portal.Anonymous(), "another", RunningPortal.Password, code: code);
        Assert.Contains("unknown, used or expired", await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(UserRole.Owner, (await _portal.Store.Users.FindAsync("newowner", TestContext.Current.CancellationToken))!.Role);
    }

    private async Task<string> RefusedAsync(string name, string password)
    {
        using var answer = await SignInForm.PostAsync(_portal.Anonymous(), name, password);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<HttpStatusCode> GetAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> ChangeAsync(HttpClient client, string? site)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/sites") { Content = new StringContent("""{"name":"made-by-hand"}""", Encoding.UTF8, "application/json") };
        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>A portal of this class's own: its limit of attempts is not shared.</summary>
    public sealed class OwnPortal : IAsyncLifetime
    {
        public RunningPortal Portal { get; } = new();

        public ValueTask InitializeAsync() => Portal.InitializeAsync();

        public ValueTask DisposeAsync() => Portal.DisposeAsync();
    }
}
