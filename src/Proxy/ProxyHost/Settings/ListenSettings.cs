using System.Net;

namespace Culvert.ProxyHost;

/// <summary>One listener as it is set.</summary>
internal sealed record ListenSettings
{
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>Certificate and key of an <c>https</c> listener; null for <c>http</c>.</summary>
    public ClientCertificateFiles? Certificate { get; init; }

    /// <summary>CA of client certificates; null asks for none.</summary>
    public string? ClientCaFile { get; init; }

    public IReadOnlyList<IPNetwork> ProxyProtocolFrom { get; init; } = [];

    /// <summary>All of it in one text, to see whether it was changed.</summary>
    public string Shown =>
        $"{EndPoint} {Certificate} {ClientCaFile} {string.Join(',', ProxyProtocolFrom)}";
}
