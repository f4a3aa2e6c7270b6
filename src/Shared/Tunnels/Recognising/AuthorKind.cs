namespace Culvert.Tunnels;

/// <summary>What kind of thing wrote an answer.</summary>
public enum AuthorKind
{
    /// <summary>A proxy: its page is a plain error.</summary>
    Proxy,

    /// <summary>A product that inspects and blocks, or asks a person to sign in: its page is an order.</summary>
    Filter,

    /// <summary>A web server, which is no proxy.</summary>
    WebServer,
}
