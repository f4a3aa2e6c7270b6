namespace Culvert.PortalHost;

/// <summary>A page of another site must not make a signed-in browser change anything: cookies alone do not allow a change across sites.</summary>
internal sealed class SameOriginFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var safe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        var byToken = context.HttpContext.User.Identity?.AuthenticationType == ApiTokenHandler.SchemeName;
        // Sec-Fetch-Site is set by every browser and by no page (W3C Fetch Metadata); a client without it must send a header that a form can't.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var sameOrigin = site.Length > 0 ? site == "same-origin" : request.Headers.ContainsKey("X-Requested-With");
        return safe || byToken || sameOrigin
            ? await next(context)
            : TypedResults.Problem("A change needs an API token, or a request from the portal's own pages.", statusCode: StatusCodes.Status403Forbidden);
    }
}
