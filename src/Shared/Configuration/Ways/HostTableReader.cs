using System.Net;

namespace Culvert.Configuration;

/// <summary>Reads names that are resolved from the settings and not by a resolver.</summary>
public static class HostTableReader
{
    /// <summary>The table below <c>hosts</c>, names in lower case; empty where none is written.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> Read(SettingsMapping? m)
    {
        var hosts = new Dictionary<string, IReadOnlyList<IPAddress>>(StringComparer.Ordinal);
        foreach (var name in m?.Keys.ToList() ?? [])
        {
            if (!HostPort.IsExactHost(name))
            {
                m!.Mistake(name, "this key", "expected one exact host name");
            }

            hosts[name.ToLowerInvariant().TrimEnd('.')] = m!.List(name, Setting.Address, minItems: 1);
        }

        return hosts;
    }
}
