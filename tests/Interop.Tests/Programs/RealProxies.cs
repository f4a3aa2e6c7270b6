using System.Diagnostics;
using System.Globalization;

namespace Culvert.Interop.Tests;

/// <summary>How each real proxy is told what to do.</summary>
internal static class RealProxies
{
    public const string User = "sensor-1";
    public const string Password = "p@ss w%rd";

    /// <summary>Squid; <paramref name="rules"/> are lines of its configuration that decide who may do what.</summary>
    public static Task<ProxyProgram> SquidAsync(string rules = "http_access allow all", string? hosts = null) =>
        ProxyProgram.StartAsync("squid", ProxyProgram.Need("squid"), asOther: true, async (at, folder) =>
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "hosts"), hosts ?? "");
            await File.WriteAllTextAsync(Path.Combine(folder, "squid.conf"), $"""
                http_port {at.Host}:{at.Port}
                visible_hostname squid
                pid_filename none
                pinger_enable off
                cache deny all
                cache_mem 8 MB
                max_filedescriptors 1024
                access_log none
                cache_log {folder}/cache.log
                coredump_dir {folder}
                hosts_file {folder}/hosts
                dns_nameservers 127.0.0.1
                dns_timeout 1 seconds
                connect_timeout 5 seconds
                shutdown_lifetime 0 seconds
                {rules}
                """);
            return ["-N", "-n", $"c{Guid.NewGuid():N}"[..16], "-f", Path.Combine(folder, "squid.conf")];
        });

    /// <summary>Squid that asks for Basic (basic_ncsa_auth) or Digest (digest_file_auth).</summary>
    public static async Task<ProxyProgram> SquidAskingAsync(string scheme)
    {
        var helper = scheme == "basic" ? "/usr/lib/squid/basic_ncsa_auth" : "/usr/lib/squid/digest_file_auth";
        Assert.SkipUnless(File.Exists(helper), $"{helper} is not installed");
        var words = Directory.CreateTempSubdirectory("culvert-words-").FullName;
        var file = Path.Combine(words, "words");
        await File.WriteAllTextAsync(file, scheme == "basic" ? $"{User}:{await RunAsync("openssl", "passwd", "-1", Password)}\n" : $"{User}:{Password}\n");
        return await SquidAsync($"""
            auth_param {scheme} program {helper} {file}
            auth_param {scheme} children 1
            auth_param {scheme} realm plant
            acl known proxy_auth REQUIRED
            http_access allow known
            http_access deny all
            """);
    }

    public static Task<ProxyProgram> TinyproxyAsync(bool asking = false, HostPort? upstream = null) =>
        ProxyProgram.StartAsync("tinyproxy", ProxyProgram.Need("tinyproxy"), asOther: true, async (at, folder) =>
        {
            // Its BasicAuth takes letters, digits, dots and dashes only.
            await File.WriteAllTextAsync(Path.Combine(folder, "tinyproxy.conf"), $"""
                Port {at.Port}
                Listen {at.Host}
                Timeout 60
                MaxClients 50
                LogLevel Warning
                {(asking ? $"BasicAuth {User} {TinyPassword}" : "")}
                {(upstream is { } up ? $"Upstream http {up.Host}:{up.Port}" : "")}
                """);
            return ["-d", "-c", Path.Combine(folder, "tinyproxy.conf")];
        });

    public const string TinyPassword = "pass-word.1";

    /// <summary>HAProxy in TCP mode before another proxy, as a load balancer is.</summary>
    public static Task<ProxyProgram> HaproxyAsync(HostPort behind) =>
        ProxyProgram.StartAsync("haproxy", ProxyProgram.Need("haproxy"), asOther: true, async (at, folder) =>
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "haproxy.cfg"), $"""
                global
                    maxconn 200
                defaults
                    mode tcp
                    timeout connect 5s
                    timeout client 60s
                    timeout server 60s
                listen front
                    bind {at.Host}:{at.Port}
                    server one {behind.Host}:{behind.Port}

                """);
            return ["-db", "-f", Path.Combine(folder, "haproxy.cfg")];
        });

    /// <summary>Dante; with credentials it asks the system's accounts, which it is given in a mount namespace of its own.</summary>
    public static async Task<ProxyProgram> DanteAsync(bool asking = false)
    {
        var danted = ProxyProgram.Need("danted");
        Assert.SkipWhen(asking && !Environment.IsPrivilegedProcess, "dante asks the system's accounts, and only root can give it others");
        var hash = asking ? await RunAsync("openssl", "passwd", "-6", Password) : "";
        return await ProxyProgram.StartAsync("dante", asking ? ProxyProgram.Need("unshare") : danted, asOther: false, async (at, folder) =>
        {
            var conf = Path.Combine(folder, "danted.conf");
            await File.WriteAllTextAsync(conf, $$"""
                logoutput: stderr
                internal: {{at.Host}} port = {{at.Port}}
                external: 127.0.0.1
                socksmethod: {{(asking ? "username" : "none")}}
                clientmethod: none
                user.privileged: {{Environment.UserName}}
                user.unprivileged: {{Environment.UserName}}
                client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
                socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 protocol: tcp }
                """);
            if (!asking)
            {
                return ["-f", conf, "-p", Path.Combine(folder, "pid"), "-N", "1"];
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "passwd"), $"root:x:0:0:root:/root:/bin/sh\n{User}:x:4711:4711::/nonexistent:/bin/false\n");
            await File.WriteAllTextAsync(Path.Combine(folder, "shadow"), $"root:*:19000:0:99999:7:::\n{User}:{hash}:19000:0:99999:7:::\n");
            return ["-m", "sh", "-c", $"mount --bind {folder}/passwd /etc/passwd && mount --bind {folder}/shadow /etc/shadow && exec {danted} -f {conf} -p {folder}/pid -N 1"];
        });
    }

    /// <summary>Our own; the rest of its configuration is in <paramref name="more"/>.</summary>
    public static async Task<ProxyProgram> CulvertAsync(IEnumerable<HostPort> allow, string name = "culvert", string more = "", bool asking = false)
    {
        var program = Culvert();
        var folder = Directory.CreateTempSubdirectory("culvert-proxy-").FullName;
        var identities = asking ? $"identities:\n  - {{ name: {User}, passwordHash: \"{(await RunAsync(program, Password, "hash-password")).Trim()}\" }}\n" : "";
        var conf = Path.Combine(folder, "proxy.yaml");
        await File.WriteAllTextAsync(conf, $"""
            proxy: {Braces($"name: {name}")}
            listen:
              - {Braces("address: 127.0.0.1, port: 0")}
            health: {Braces("address: 127.0.0.1, port: 0")}
            allow: [{string.Join(", ", allow.Select(a => $"\"{a}\""))}]
            sources: [127.0.0.0/8]
            privateDestinations: [127.0.0.0/8]
            {identities}{more}
            """);
        return await ProxyProgram.StartSayingAsync(name, program, folder, "listening http://", "run", "--config", conf);
    }

    public static string RunOrSkip(string program) => ProxyProgram.Need(program);

    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        // The first argument of our own program goes in by the standard input: a password is on no command line.
        var own = Path.IsPathRooted(program);
        var start = new ProcessStartInfo(own ? program : ProxyProgram.Need(program), own ? arguments[1..] : arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        using var process = Process.Start(start)!;
        if (own)
        {
            await process.StandardInput.WriteLineAsync(arguments[0]);
        }

        process.StandardInput.Close();
        using var limit = Dials.Limit();
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"{program} ended with {process.ExitCode}"));
        return output.Trim();
    }

    private static string Braces(string inner) => $"{{ {inner} }}";

    private static string Culvert()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var file = Path.Combine(here.Parent!.Parent!.FullName, "Culvert.ProxyHost", here.Name, "culvert-proxy");
        Assert.SkipUnless(File.Exists(file), "culvert-proxy is not built");
        return file;
    }
}
