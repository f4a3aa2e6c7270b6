using Culvert.Planning;
using Culvert.Storage;

namespace Culvert.PortalHost.Tests;

public sealed class EndpointListTests(RunningPortal portal)
{
    [Fact]
    public async Task The_list_is_signed_by_the_key_that_is_given_with_it_and_an_altered_one_is_not()
    {
        var client = await portal.TokenAsync(UserRole.SecurityReader);
        var json = await BytesAsync(client, "/api/v1/endpoints/list");
        var signature = await BytesAsync(client, "/api/v1/endpoints/signature");
        var key = System.Text.Encoding.UTF8.GetString(await BytesAsync(client, "/api/v1/endpoints/key"));
        Assert.True(EndpointSignature.Verify(json, signature, key));
        json[^10] ^= 1;
        Assert.False(EndpointSignature.Verify(json, signature, key));
    }

    [Fact]
    public async Task A_new_name_makes_a_new_version_and_the_same_names_make_none()
    {
        var address = portal.Service<PortalAddress>();
        var (catalogue, before) = (portal.Service<EndpointCatalogue>(), address.Current!.Value);
        var first = await catalogue.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(first.Version, (await catalogue.ReadAsync(TestContext.Current.CancellationToken)).Version);
        try
        {
            address.Set(HostPort.Parse("moved.example.com:443"));
            var moved = await catalogue.ReadAsync(TestContext.Current.CancellationToken);
            Assert.Equal(first.Version + 1, moved.Version);
            Assert.Equal("moved.example.com:443", Assert.Single(moved.Now).Address.ToString());
            Assert.Equal(2, moved.ChangesSince(first).Count);
        }
        finally
        {
            address.Set(before);
        }
    }

    [Theory]
    [InlineData("json", "culvert.endpoints.v1")]
    [InlineData("csv", "host,port,protocol")]
    [InlineData("text", "localhost:")]
    [InlineData("squid", "acl ")]
    [InlineData("edl", "localhost")]
    public async Task Every_form_comes_down(string format, string expected)
    {
        var text = await (await portal.TokenAsync(UserRole.SecurityReader)).GetStringAsync(new Uri($"/api/v1/endpoints/list?format={format}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retention_is_changed_by_an_owner_within_its_limits_and_written_down()
    {
        var settings = portal.Service<RetentionSettings>();
        var refused = await settings.ChangeAsync(new RetentionDays { Devices = 0, Audit = 100_000 }, Actor.Local, TestContext.Current.CancellationToken);
        Assert.Equal(["devices", "audit"], refused.Mistakes.Select(m => m.Split(':')[0]));
        Assert.True((await settings.ChangeAsync(new RetentionDays { Alerts = 30 }, Actor.Local, TestContext.Current.CancellationToken)).IsDone);
        Assert.Equal(30, (await settings.ReadAsync(TestContext.Current.CancellationToken)).Alerts);
        Assert.Equal(TimeSpan.FromDays(30), (await settings.ReadAsync(TestContext.Current.CancellationToken)).ToLimits().Alerts);
        Assert.Equal(1, (await portal.Store.Audit.QueryAsync("settings.retention", PageRequest.First, TestContext.Current.CancellationToken)).Total);
    }

    private static Task<byte[]> BytesAsync(HttpClient client, string path) => client.GetByteArrayAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
}
