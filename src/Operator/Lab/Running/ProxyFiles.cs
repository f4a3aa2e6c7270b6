using System.Text;
using System.Text.RegularExpressions;
using Culvert.Planning;

namespace Culvert.Lab;

/// <summary>Puts a planned configuration where its program finds it in the lab: the same text, with the lab's folders in place of the machine's.</summary>
internal sealed partial class ProxyFiles(LabRuntime lab, LabHost host, SiteProxy proxy)
{
    private const string MostConnections = "2000";

    private string Name(string file) => Path.Combine("hosts", host.Name, file);

    /// <summary>Writes the files; gives the program's arguments, and whether it must be another user than root.</summary>
    public async Task<(IReadOnlyList<string> Arguments, bool IsOther)> WriteAsync(string text, CancellationToken cancellationToken)
    {
        switch (proxy.Kind)
        {
            case ProxyKind.Culvert:
                return (["run", "--config", lab.Folder.Write(Name("proxy.yaml"), text)], false);

            case ProxyKind.Squid:
                var squid = text.Replace("/etc/squid/tls", lab.Secrets.TlsFolder, StringComparison.Ordinal)
                    .Replace("/etc/squid/passwords", await WritePasswordsAsync(cancellationToken), StringComparison.Ordinal)
                    .Replace("/etc/squid/hosts", WriteHosts(), StringComparison.Ordinal);
                squid += "\n# In the lab: no files of the machine's.\npid_filename none\naccess_log stdio:/dev/stdout\ncache_log /dev/stderr\ncoredump_dir none\nshutdown_lifetime 1 seconds\n";
                // Each Squid of the lab has a name of its own: they share the names of shared memory.
                return (["-N", "-n", ShortName(), "-f", lab.Folder.Write(Name("squid.conf"), squid)], true);

            case ProxyKind.Tinyproxy:
                var filter = lab.Plan.Find(PlanFileKind.ProxyFilter, proxy.Name) is { } planned ? lab.Folder.Write(Name("filter"), planned.Content) : "/dev/null";
                var tinyproxy = string.Join('\n', text.Replace("/etc/tinyproxy/filter", filter, StringComparison.Ordinal).Split('\n')
                    .Where(l => !l.StartsWith("User ", StringComparison.Ordinal) && !l.StartsWith("Group ", StringComparison.Ordinal)
                        && !l.StartsWith("LogFile", StringComparison.Ordinal) && !l.StartsWith("PidFile", StringComparison.Ordinal)));
                return (["-d", "-c", lab.Folder.Write(Name("tinyproxy.conf"), tinyproxy)], true);

            default:
                // HAProxy refuses to start where the machine gives it fewer files than its connections would take.
                return (["-db", "-f", lab.Folder.Write(Name("haproxy.cfg"), MaxConnections().Replace(text, $"maxconn {MostConnections}"))], true);
        }
    }

    private string ShortName() => new([.. host.Name.Where(char.IsAsciiLetterOrDigit)]);

    private string WriteHosts() => lab.Folder.Write(Name("proxy-hosts"), lab.Plan.Find(PlanFileKind.ProxyHosts, proxy.Name)?.Content ?? "");

    private async Task<string> WritePasswordsAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        if (proxy.Credentials is { } credentials)
        {
            var hash = await Shell.RunAsync("openssl", ["passwd", "-6", "-stdin"], lab.Secrets.Password(credentials.Password) + "\n", cancellationToken);
            text.Append(credentials.UserName).Append(':').Append(hash.Trim()).Append('\n');
        }

        return lab.Folder.Write(Name("passwords"), text.ToString());
    }

    [GeneratedRegex(@"\bmaxconn \d+")]
    private static partial Regex MaxConnections();
}
