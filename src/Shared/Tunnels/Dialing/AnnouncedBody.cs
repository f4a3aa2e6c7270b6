namespace Culvert.Tunnels;

/// <summary>A body that a hop's 2xx says will come. RFC 9110, section 9.3.6, has a client ignore the announcement, and the tunnel may be well; but when strange bytes stand where the next station should speak, they are this body.</summary>
/// <param name="HopIndex">The hop's place on the route.</param>
/// <param name="Hop">Its name.</param>
/// <param name="Field">The field that announces it, as it was sent.</param>
internal sealed record AnnouncedBody(int HopIndex, string Hop, string Field)
{
    /// <summary>The body that an answer announces; null when it announces none, or an empty one.</summary>
    public static AnnouncedBody? Of(int hopIndex, string hop, ConnectAnswer answer) =>
        answer.Field("transfer-encoding") is { } coding ? new AnnouncedBody(hopIndex, hop, $"Transfer-Encoding: {coding}")
        : answer.Field("content-length") is { } length && length.Trim() != "0" ? new AnnouncedBody(hopIndex, hop, $"Content-Length: {length}")
        : null;

    /// <summary>What was seen, in words.</summary>
    public string Evidence(string? station) => $"its 2xx said '{Field}', and a body stands before the tunnel's bytes: {station}";
}
