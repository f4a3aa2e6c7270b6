using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>First boot of a machine of a pool (cloud-init): installs the proxy, puts its configuration in place, starts it.</summary>
internal static class CloudInitWriter
{
    /// <summary>What stands for the URL of the archive with the program.</summary>
    public const string PackageUrl = "@PACKAGE-URL@";

    /// <summary>What stands for the archive's SHA-256.</summary>
    public const string PackageSha256 = "@PACKAGE-SHA256@";

    private const string Service =
        """
        [Unit]
        Description=Culvert proxy
        After=network-online.target
        Wants=network-online.target

        [Service]
        ExecStart=/usr/local/bin/culvert-proxy run --config /etc/culvert/proxy.yaml
        ExecReload=/bin/kill -HUP $MAINPID
        User=culvert-proxy
        Restart=always
        LimitNOFILE=65536
        TimeoutStopSec=60
        NoNewPrivileges=yes
        ProtectSystem=strict
        ProtectHome=yes
        PrivateTmp=yes

        [Install]
        WantedBy=multi-user.target

        """;

    public static string Write(SiteFile site, SiteProxy proxy)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"#cloud-config\n# First boot of a machine of {proxy.Name}.\npackage_update: true\npackage_upgrade: true\npackage_reboot_if_required: true\n");
        if (proxy.Kind == ProxyKind.Squid)
        {
            text.Append("packages: [squid]\nwrite_files:\n");
            // Deferred: after the package, whose installation would otherwise ask what to do with a file that is there.
            File(text, "/etc/squid/squid.conf", "0640", "root:proxy", SquidWriter.Write(site, proxy), isDeferred: true);
            text.Append("runcmd:\n  - [squid, -k, parse]\n  - [systemctl, restart, squid]\n");
            return text.ToString();
        }

        text.Append("packages: [ca-certificates, curl]\nusers:\n  - default\n  - { name: culvert-proxy, system: true, shell: /usr/sbin/nologin, no_create_home: true }\nwrite_files:\n");
        File(text, "/etc/culvert/proxy.yaml", "0640", "root:culvert-proxy", CulvertProxyWriter.Write(site, proxy), isDeferred: true);
        File(text, "/etc/systemd/system/culvert-proxy.service", "0644", "root:root", Service, isDeferred: false);
        text.Append(CultureInfo.InvariantCulture,
            $"""
            runcmd:
              # The archive holds the program culvert-proxy at its top.
              - [curl, --fail, --silent, --show-error, --location, --retry, "10", --retry-all-errors, --output, /run/culvert-proxy.tar.gz, "{PackageUrl}"]
              - [sh, -c, "echo '{PackageSha256}  /run/culvert-proxy.tar.gz' | sha256sum --check && tar --extract --gzip --file /run/culvert-proxy.tar.gz --directory /usr/local/bin culvert-proxy"]
              - [culvert-proxy, check, --config, /etc/culvert/proxy.yaml]
              - [systemctl, daemon-reload]
              - [systemctl, enable, --now, culvert-proxy]

            """);
        return text.ToString();
    }

    private static void File(StringBuilder text, string path, string mode, string owner, string content, bool isDeferred)
    {
        text.Append(CultureInfo.InvariantCulture, $"  - path: {path}\n    permissions: \"{mode}\"\n    owner: {owner}\n{(isDeferred ? "    defer: true\n" : "")}    content: |\n");
        foreach (var line in content.TrimEnd('\n').Split('\n'))
        {
            text.Append(line.Length == 0 ? "\n" : $"      {line}\n");
        }
    }
}
