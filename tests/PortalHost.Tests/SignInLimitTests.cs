using System.Net;

namespace Culvert.PortalHost.Tests;

/// <summary>A class of its own because it uses all attempts of its address up; the portal of all other classes but the sessions' is not signed in to by form.</summary>
public sealed class SignInLimitTests(RunningPortal portal)
{
    [Fact]
    public async Task One_address_may_try_so_often_and_no_more()
    {
        var client = portal.Anonymous();
        // A slow machine may need more than a minute for all attempts, and gets some back meanwhile.
        for (var i = 0; i < 10 * SignInLimits.PerMinute; i++)
        {
            using var form = new FormUrlEncodedContent([]);
            using var answer = await client.PostAsync(new Uri("/sign-in", UriKind.Relative), form, TestContext.Current.CancellationToken);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.True(i >= SignInLimits.PerMinute, $"refused at attempt {i + 1}");
                Assert.NotNull(answer.Headers.RetryAfter);
                using var page = await client.GetAsync(new Uri("/sign-in", UriKind.Relative), TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.OK, page.StatusCode);
                return;
            }
        }

        Assert.Fail("No attempt was refused.");
    }
}
