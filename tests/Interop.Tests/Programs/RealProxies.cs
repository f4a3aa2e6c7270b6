using System.Diagnostics;
using System.Globalization;

namespace Culvert.Interop.Tests;

/// <summary>How each real proxy is told what to do.</summary>
internal static class RealProxies
{
    public const string User = "sensor-1";
    public const string Password = "p@ss w%rd";

    /// <summary>Squid; <paramref name="rules"/> are lines of its configuration that decide who may do what.</summary>
    /// <param name="rules">Lines of its configuration.</param>
    /// <param name="hosts">Its hosts table.</param>
    /// <param name="listen">Its listening line for an address; plain HTTP when null.</param>
    /// <param name="environment">More of its environment.</param>
    /// <param name="version6">Whether it listens on IPv6.</param>
    public static Task<ProxyProgram> SquidAsync(
        string rules = "http_access allow all", string? hosts = null, Func<HostPort, string>? listen = null, IReadOnlyDictionary<string, string>? environment = null, bool version6 = false) =>
        ProxyProgram.StartAsync("squid", ProxyProgram.Need("squid"), asOther: true, async (at, folder) =>
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "hosts"), hosts ?? "");
            await File.WriteAllTextAsync(Path.Combine(folder, "squid.conf"), $"""
                {listen?.Invoke(at) ?? $"http_port {at}"}
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
        }, environment, version6);

    /// <summary>Squid behind its own TLS; with <paramref name="askCa"/> it demands a client certificate of that CA.</summary>
    public static Task<ProxyProgram> SquidSecureAsync(TestCa ca, string? askCa = null) =>
        SquidAsync(listen: at =>
        {
            var files = ca.Write(ca.Issue(at.Host));
            return $"https_port {at.Host}:{at.Port} tls-cert={files.CertificateFile} tls-key={files.KeyFile} tls-min-version=1.2{(askCa is null ? "" : $" clientca={askCa} tls-cafile={askCa}")}";
        });

    /// <summary>Squid that asks for Basic (basic_ncsa_auth), Digest (digest_file_auth) or NTLM (ntlm_fake_auth, which goes through the handshake and takes any password).</summary>
    public static async Task<ProxyProgram> SquidAskingAsync(string scheme, string user = User, string password = Password)
    {
        var helper = scheme switch { "basic" => "/usr/lib/squid/basic_ncsa_auth", "ntlm" => "/usr/lib/squid/ntlm_fake_auth", _ => "/usr/lib/squid/digest_file_auth" };
        Assert.SkipUnless(File.Exists(helper), $"{helper} is not installed");
        if (scheme == "ntlm")
        {
            return await SquidAsync($"""
                auth_param ntlm program {helper}
                auth_param ntlm children 3
                acl known proxy_auth REQUIRED
                http_access allow known
                http_access deny all
                """);
        }

        var words = Directory.CreateTempSubdirectory("culvert-words-").FullName;
        var file = Path.Combine(words, "words");
        await File.WriteAllTextAsync(file, scheme == "basic" ? $"{user}:{await RunAsync("openssl", "passwd", "-1", password)}\n" : $"{user}:{password}\n");
        return await SquidAsync($"""
            auth_param {scheme} program {helper} {file}
            auth_param {scheme} children 1
            auth_param {scheme} realm plant
            {(scheme == "basic" ? "auth_param basic casesensitive on" : "")}
            acl known proxy_auth REQUIRED
            http_access allow known
            http_access deny all
            """);
    }

    public static Task<ProxyProgram> TinyproxyAsync(bool asking = false, HostPort? upstream = null, bool version6 = false) =>
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
        }, version6: version6);

    public const string TinyPassword = "pass-word.1";

    /// <summary>HAProxy in TCP mode before another proxy, as a load balancer is.</summary>
    public static Task<ProxyProgram> HaproxyAsync(HostPort behind, bool version6 = false) =>
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
                    bind {at}
                    server one {behind}

                """);
            return ["-db", "-f", Path.Combine(folder, "haproxy.cfg")];
        }, version6: version6);

    /// <summary>HAProxy that ends TLS with a client certificate before another proxy.</summary>
    public static Task<ProxyProgram> HaproxySecureAsync(HostPort behind, TestCa ca, string askCa) =>
        ProxyProgram.StartAsync("haproxy", ProxyProgram.Need("haproxy"), asOther: true, async (at, folder) =>
        {
            var files = ca.Write(ca.Issue(at.Host));
            var both = Path.Combine(folder, "server.pem");
            await File.WriteAllTextAsync(both, await File.ReadAllTextAsync(files.CertificateFile) + "\n" + await File.ReadAllTextAsync(files.KeyFile) + "\n");
            await File.WriteAllTextAsync(Path.Combine(folder, "haproxy.cfg"), $"""
                global
                    maxconn 200
                defaults
                    mode tcp
                    timeout connect 5s
                    timeout client 60s
                    timeout server 60s
                listen front
                    bind {at.Host}:{at.Port} ssl crt {both} verify required ca-file {askCa} ssl-min-ver TLSv1.2
                    server one {behind.Host}:{behind.Port}

                """);
            return ["-db", "-f", Path.Combine(folder, "haproxy.cfg")];
        });

    /// <summary>Dante; with credentials it asks the system's accounts, which it is given in a mount namespace of its own.</summary>
    public static async Task<ProxyProgram> DanteAsync(bool asking = false, bool version6 = false)
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
                external: {{(version6 ? "::1" : "127.0.0.1")}}
                socksmethod: {{(asking ? "username" : "none")}}
                clientmethod: none
                user.privileged: {{Environment.UserName}}
                user.unprivileged: {{Environment.UserName}}
                client pass { from: {{(version6 ? "::/0 to: ::/0" : "127.0.0.0/8 to: 0.0.0.0/0")}} }
                socks pass { from: {{(version6 ? "::/0 to: ::/0" : "127.0.0.0/8 to: 0.0.0.0/0")}} protocol: tcp }
                """);
            if (!asking)
            {
                return ["-f", conf, "-p", Path.Combine(folder, "pid"), "-N", "1"];
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "passwd"), $"root:x:0:0:root:/root:/bin/sh\n{User}:x:4711:4711::/nonexistent:/bin/false\n");
            await File.WriteAllTextAsync(Path.Combine(folder, "shadow"), $"root:*:19000:0:99999:7:::\n{User}:{hash}:19000:0:99999:7:::\n");
            return ["-m", "sh", "-c", $"mount --bind {folder}/passwd /etc/passwd && mount --bind {folder}/shadow /etc/shadow && exec {danted} -f {conf} -p {folder}/pid -N 1"];
        }, version6: version6);
    }

    /// <summary>Our own; the rest of its configuration is in <paramref name="more"/>.</summary>
    public static async Task<ProxyProgram> CulvertAsync(IEnumerable<HostPort> allow, string name = "culvert", string more = "", bool asking = false, string secure = "", string address = "127.0.0.1")
    {
        var program = Culvert();
        var folder = Directory.CreateTempSubdirectory("culvert-proxy-").FullName;
        var identities = asking ? $"identities:\n  - {{ name: {User}, passwordHash: \"{(await RunAsync(program, Password, "hash-password")).Trim()}\" }}\n" : "";
        var conf = Path.Combine(folder, "proxy.yaml");
        await File.WriteAllTextAsync(conf, $"""
            proxy: {Braces($"name: {name}")}
            listen:
              - {Braces($"address: \"{address}\", port: 0{secure}")}
            health: {Braces("address: 127.0.0.1, port: 0")}
            allow: [{string.Join(", ", allow.Select(a => $"\"{a}\""))}]
            sources: [127.0.0.0/8, "::1/128"]
            privateDestinations: [127.0.0.0/8, "::1/128"]
            {identities}{more}
            """);
        return await ProxyProgram.StartSayingAsync(name, program, folder, secure.Length > 0 ? "listening https://" : "listening http://", "run", "--config", conf);
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
