using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Culvert.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Culvert.CloudServices;

/// <summary>Put Blob, Put Block, Put Block List, Get Blob, Get Blob Properties and Delete Blob of the Blob service's REST API, path style, by SAS.</summary>
internal static class BlobEndpoint
{
    private const int MaxBlockIdLength = 88;
    private const int MaxListBytes = 8 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var pattern = $"/{CloudServicesOptions.Account}/{{container}}/{{**blob}}";
        routes.MapPut(pattern, PutAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        routes.MapMethods(pattern, ["GET", "HEAD"], GetAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapDelete(pattern, DeleteAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> PutAsync(HttpContext context, string container, string blob, BlobSigner signer, IPortalStore store, CloudServicesOptions options, TimeProvider clock)
    {
        BlobHeaders.Write(context, clock);
        if (!signer.Allows(context.Request.Query, container, blob, "cw"))
        {
            return Forbidden(context);
        }

        var write = new BlobWrite
        {
            Container = container,
            Name = blob,
            ContentType = BlobHeaders.ContentType(context.Request),
            Metadata = BlobHeaders.ReadMetadata(context.Request),
            MaxBytes = options.MaxBlobBytes,
            At = clock.GetUtcNow(),
        };
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = options.MaxBlobBytes;
        try
        {
            return context.Request.Query["comp"].ToString() switch
            {
                "" => await PutBlobAsync(context, store.Blobs, write),
                "block" => await PutBlockAsync(context, store.Blobs, write),
                "blocklist" => await PutBlockListAsync(context, store.Blobs, write),
                _ => BlobHeaders.Error(context, StatusCodes.Status400BadRequest, "InvalidQueryParameterValue", "This operation is not supported."),
            };
        }
        catch (BlobTooLargeException e)
        {
            return BlobHeaders.Error(context, StatusCodes.Status413PayloadTooLarge, "RequestBodyTooLarge", e.Message);
        }
    }

    private static async Task<IResult> PutBlobAsync(HttpContext context, IBlobStore blobs, BlobWrite write)
    {
        if (context.Request.Headers["x-ms-blob-type"].ToString() is not ("BlockBlob" or ""))
        {
            return BlobHeaders.Error(context, StatusCodes.Status400BadRequest, "InvalidHeaderValue", "Only block blobs are supported.");
        }

        if (context.Request.Headers.IfNoneMatch == "*" && await blobs.FindAsync(write.Container, write.Name, context.RequestAborted) is not null)
        {
            return BlobHeaders.Error(context, StatusCodes.Status409Conflict, "BlobAlreadyExists", "The specified blob already exists.");
        }

        var entry = await blobs.PutAsync(write, context.Request.Body, context.RequestAborted);
        if (context.Request.Headers.ContentMD5.ToString() is { Length: > 0 } md5 && md5 != Convert.ToBase64String(entry.ContentMd5!))
        {
            await blobs.DeleteAsync(write.Container, write.Name, context.RequestAborted);
            return BlobHeaders.Error(context, StatusCodes.Status400BadRequest, "Md5Mismatch", "The MD5 value given does not match the content.");
        }

        BlobHeaders.Describe(context.Response, entry);
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    private static async Task<IResult> PutBlockAsync(HttpContext context, IBlobStore blobs, BlobWrite write)
    {
        var id = context.Request.Query["blockid"].ToString();
        if (id.Length is 0 or > MaxBlockIdLength)
        {
            return BlobHeaders.Error(context, StatusCodes.Status400BadRequest, "InvalidQueryParameterValue", "A blockid is needed.");
        }

        await blobs.PutBlockAsync(write, id, context.Request.Body, context.RequestAborted);
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    private static async Task<IResult> PutBlockListAsync(HttpContext context, IBlobStore blobs, BlobWrite write)
    {
        if (await BodyReader.ReadAsync(context.Request, MaxListBytes) is not { } body || ReadBlockList(body) is not { Count: <= IBlobStore.MaxBlocks } ids)
        {
            return BlobHeaders.Error(context, StatusCodes.Status400BadRequest, "InvalidXmlDocument", "The block list is not valid.");
        }

        if (await blobs.CommitBlocksAsync(write, ids, context.RequestAborted) is not { } entry)
        {
            return BlobHeaders.Error(context, StatusCodes.Status400BadRequest, "InvalidBlockList", "A block of the list was not staged.");
        }

        BlobHeaders.Describe(context.Response, entry);
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    private static List<string>? ReadBlockList(byte[] body)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XDocument.Load(reader).Root?.Name.LocalName == "BlockList"
                ? XDocument.Parse(Encoding.UTF8.GetString(body).TrimStart('\uFEFF')).Root!.Elements().Select(e => e.Value.Trim()).ToList()
                : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static async Task<IResult> GetAsync(HttpContext context, string container, string blob, BlobSigner signer, IPortalStore store, TimeProvider clock)
    {
        BlobHeaders.Write(context, clock);
        if (!signer.Allows(context.Request.Query, container, blob, "r"))
        {
            return Forbidden(context);
        }

        if (await store.Blobs.FindAsync(container, blob, context.RequestAborted) is not { } entry
            || await store.Blobs.OpenAsync(entry, context.RequestAborted) is not { } content)
        {
            return BlobHeaders.Error(context, StatusCodes.Status404NotFound, "BlobNotFound", "The specified blob does not exist.");
        }

        BlobHeaders.Describe(context.Response, entry);
        // The service's own range header wins over the standard one.
        if (context.Request.Headers["x-ms-range"].ToString() is { Length: > 0 } range)
        {
            context.Request.Headers.Range = range;
        }

        return Results.Stream(content, entry.ContentType, lastModified: entry.ModifiedAt, entityTag: new EntityTagHeaderValue($"\"{entry.ETag}\""), enableRangeProcessing: true);
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string container, string blob, BlobSigner signer, IPortalStore store, TimeProvider clock)
    {
        BlobHeaders.Write(context, clock);
        return !signer.Allows(context.Request.Query, container, blob, "d") ? Forbidden(context)
            : await store.Blobs.DeleteAsync(container, blob, context.RequestAborted) == StoreOutcome.Done ? Results.StatusCode(StatusCodes.Status202Accepted)
            : BlobHeaders.Error(context, StatusCodes.Status404NotFound, "BlobNotFound", "The specified blob does not exist.");
    }

    private static IResult Forbidden(HttpContext context) => BlobHeaders.Error(
        context, StatusCodes.Status403Forbidden, "AuthenticationFailed", string.Create(CultureInfo.InvariantCulture, $"The SAS token does not allow this {context.Request.Method}, or has ended."));
}
