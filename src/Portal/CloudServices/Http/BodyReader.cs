using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Culvert.CloudServices;

/// <summary>Reads a request's body whole, up to a limit.</summary>
internal static class BodyReader
{
    /// <summary>The body, decompressed when it is gzip; null when it is longer than allowed or broken.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">Most bytes, before and after decompression.</param>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
        {
            return null;
        }

        var gzip = request.Headers.ContentEncoding.ToString() is "gzip";
        await using var unzipped = gzip ? new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true) : null;
        var source = unzipped ?? request.Body;
        using var held = new MemoryStream((int)Math.Min(request.ContentLength ?? 4096, maxBytes));
        var buffer = new byte[16384];
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
            {
                if (held.Length + read > maxBytes)
                {
                    return null;
                }

                held.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }

        return held.ToArray();
    }
}
