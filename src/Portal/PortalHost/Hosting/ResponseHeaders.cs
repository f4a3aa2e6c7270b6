namespace Culvert.PortalHost;

/// <summary>What every answer says: nothing from elsewhere, no framing, no sniffing, TLS only.</summary>
internal sealed class ResponseHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        // Component libraries set style attributes; scripts come from this host only.
        headers.ContentSecurityPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' wss:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";
        headers.StrictTransportSecurity = "max-age=31536000";
        return next(context);
    }
}
