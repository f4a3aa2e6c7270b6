using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>What the owners of a proxy of another make must set up.</summary>
internal static class ProxyRequestWriter
{
    public static string Write(SiteFile site, SiteProxy proxy)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Request for {proxy.Name}\n\nPlease let through, at {proxy.Listen} ({Words.Camel(proxy.Scheme)}), the method CONNECT\n\n");
        text.AppendJoin("", ProxySources.Of(site, proxy).Select(s => $"- from {s}\n")).Append('\n');
        text.AppendJoin("", FlowPlanner.DestinationsOf(site, proxy).Select(d => $"- to {d}, exactly this name and port\n")).Append('\n');
        text.Append("and nothing else: no other method, no other port, no wildcard.\n\n");
        text.Append("- No TLS inspection and no caching for these names: the session is the sensor's own, end to end, and an inspected one is refused by it.\n");
        text.Append(CultureInfo.InvariantCulture, $"- An idle tunnel must live for at least {Yaml.Duration(proxy.IdleTimeout)}, and a busy one without limit.\n");
        foreach (var parent in proxy.Parents.Select(site.Proxy))
        {
            text.Append(CultureInfo.InvariantCulture, $"- Passed on to {parent.Name} at {parent.Listen}, never past it.\n");
        }

        if (proxy.Credentials is { } credentials)
        {
            text.Append(CultureInfo.InvariantCulture, $"- Clients show the user name '{credentials.UserName}' with the password kept in {credentials.Password}.\n");
        }

        return text.ToString();
    }
}
