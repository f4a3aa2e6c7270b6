using System.Globalization;
using System.Xml.Linq;
using Culvert.Storage;
using Microsoft.AspNetCore.Http;

namespace Culvert.CloudServices;

/// <summary>Headers and errors as the official client expects them.</summary>
internal static class BlobHeaders
{
    private const string MetadataPrefix = "x-ms-meta-";
    private const int MaxMetadata = 64;

    public static void Write(HttpContext context, TimeProvider clock)
    {
        var headers = context.Response.Headers;
        headers["x-ms-version"] = context.Request.Headers["x-ms-version"].ToString() is { Length: > 0 and < 32 } version ? version : "2021-08-06";
        headers["x-ms-request-id"] = Guid.NewGuid().ToString("D");
        headers.Date = clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        if (context.Request.Headers["x-ms-client-request-id"].ToString() is { Length: > 0 and <= 1024 } id)
        {
            headers["x-ms-client-request-id"] = id;
        }
    }

    public static void Describe(HttpResponse response, BlobEntry entry)
    {
        response.Headers.ETag = $"\"{entry.ETag}\"";
        response.Headers.LastModified = entry.ModifiedAt.ToString("R", CultureInfo.InvariantCulture);
        response.Headers["x-ms-blob-type"] = "BlockBlob";
        response.Headers["x-ms-request-server-encrypted"] = "false";
        if (entry.ContentMd5 is { } md5)
        {
            // Get Blob with a range must not send Content-MD5 of the whole; this one always means the whole.
            response.Headers["x-ms-blob-content-md5"] = Convert.ToBase64String(md5);
        }

        foreach (var (name, value) in entry.Metadata)
        {
            response.Headers[MetadataPrefix + name] = value;
        }
    }

    public static string ContentType(HttpRequest request) =>
        request.Headers["x-ms-blob-content-type"].ToString() is { Length: > 0 and <= 256 } type ? type : "application/octet-stream";

    public static Dictionary<string, string> ReadMetadata(HttpRequest request) => request.Headers
        .Where(h => h.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase)).Take(MaxMetadata)
        .ToDictionary(h => h.Key[MetadataPrefix.Length..].ToLowerInvariant(), h => h.Value.ToString());

    public static IResult Error(HttpContext context, int status, string code, string message)
    {
        context.Response.Headers["x-ms-error-code"] = code;
        return HttpMethods.IsHead(context.Request.Method)
            ? Results.StatusCode(status)
            : Results.Text(new XElement("Error", new XElement("Code", code), new XElement("Message", message)).ToString(), "application/xml", statusCode: status);
    }
}
