namespace Culvert.Planning;

/// <summary>Where a <c>culvert-proxy</c> says whether it could open a tunnel now.</summary>
public static class ProxyHealth
{
    /// <summary>The path that answers 200 only while a tunnel could be opened.</summary>
    public const string Path = "/healthz";

    private const int Usual = 3129;

    /// <summary>The TCP port of the health listener.</summary>
    public static int PortOf(SiteProxy proxy)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        return proxy.Port == Usual ? Usual + 1 : Usual;
    }
}
