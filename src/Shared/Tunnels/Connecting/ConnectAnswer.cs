namespace Culvert.Tunnels;

/// <summary>The header of a proxy's answer to CONNECT.</summary>
public sealed record ConnectAnswer
{
    /// <summary>Status code, 100 to 599.</summary>
    public required int Status { get; init; }

    /// <summary>Reason phrase, cut at 128 characters, control characters replaced.</summary>
    public required string Reason { get; init; }

    /// <summary>Fields in order; names in lower case.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; }

    /// <summary>The minor version of HTTP/1: 0 or 1, rarely another digit.</summary>
    public int MinorVersion { get; init; } = 1;

    /// <summary>Bytes that came after the header in the same read.</summary>
    public ReadOnlyMemory<byte> Leftover { get; init; }

    /// <summary>Whether the tunnel is open: any 2xx (RFC 9110, section 9.3.6), whatever it says about a body.</summary>
    public bool Opened => Status is >= 200 and < 300;

    /// <summary>All values of a field, joined with a comma; null when absent.</summary>
    public string? Field(string lowerCaseName)
    {
        var values = Fields.Where(f => f.Key == lowerCaseName).Select(f => f.Value).ToArray();
        return values.Length == 0 ? null : string.Join(", ", values);
    }

    /// <summary>All values of a field, one each; empty when absent.</summary>
    public IEnumerable<string> Values(string lowerCaseName) => Fields.Where(f => f.Key == lowerCaseName).Select(f => f.Value);

    /// <summary>Whether the connection may be used again after the body (RFC 9112, section 9.3; Proxy-Connection is what old proxies say).</summary>
    public bool Persistent
    {
        get
        {
            var said = $"{Field("connection")}, {Field("proxy-connection")}".Split(',', StringSplitOptions.TrimEntries);
            return !said.Contains("close", StringComparer.OrdinalIgnoreCase)
                && (MinorVersion >= 1 || said.Contains("keep-alive", StringComparer.OrdinalIgnoreCase));
        }
    }
}
