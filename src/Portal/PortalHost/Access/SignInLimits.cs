using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Culvert.PortalHost;

/// <summary>How often one address may try to sign in: a guess costs the portal a slow hash, whether the name exists or not.</summary>
internal static class SignInLimits
{
    /// <summary>Attempts of one address a minute. People behind one address share them; ten wrong ones lock a user anyway.</summary>
    public const int PerMinute = 30;

    /// <summary>Sets the limiter up; all requests but attempts to sign in pass it untouched.</summary>
    /// <param name="options">The limiter's options.</param>
    public static void Configure(RateLimiterOptions options)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            HttpMethods.IsPost(context.Request.Method) && context.Request.Path.StartsWithSegments("/sign-in", StringComparison.OrdinalIgnoreCase)
                ? RateLimitPartition.GetSlidingWindowLimiter(
                    context.Connection.RemoteIpAddress?.ToString() ?? "",
                    _ => new SlidingWindowRateLimiterOptions { PermitLimit = PerMinute, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = 6, QueueLimit = 0 })
                : RateLimitPartition.GetNoLimiter(""));
        options.OnRejected = async (context, cancellationToken) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = "60";
            await context.HttpContext.Response.WriteAsync("Too many attempts to sign in from this address. Try again in a minute.\n", cancellationToken);
        };
    }
}
