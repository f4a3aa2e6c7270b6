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
}
