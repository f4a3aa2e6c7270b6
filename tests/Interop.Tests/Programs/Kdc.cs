using System.Diagnostics;

namespace Culvert.Interop.Tests;

/// <summary>A Kerberos KDC (MIT's) of a realm of its own, in a temporary folder, with a sensor's account and the service of a proxy.</summary>
internal sealed class Kdc : IAsyncDisposable
{
    public const string Realm = "PLANT.TEST";
    public const string Service = "HTTP/proxy.plant.test";
    public const string ProxyName = "proxy.plant.test";
    private readonly ProxyProgram _program;
    private readonly string _folder;

    private Kdc(ProxyProgram program, string folder) => (_program, _folder) = (program, folder);

    public HostPort Address => _program.Address;

    /// <summary>The proxy's key.</summary>
    public string ProxyKeys => Path.Combine(_folder, "http.keytab");

    /// <summary>The sensor's key, for those that have no password.</summary>
    public string SensorKeys => Path.Combine(_folder, "sensor.keytab");

    /// <summary>Where ticket files may be put.</summary>
    public string Folder => _folder;

    public static async Task<Kdc> StartAsync()
    {
        var create = ProxyProgram.Need("kdb5_util");
        var admin = ProxyProgram.Need("kadmin.local");
        var daemon = ProxyProgram.Need("krb5kdc");
        var folder = Directory.CreateTempSubdirectory("culvert-kdc-").FullName;
        var environment = new Dictionary<string, string> { ["KRB5_CONFIG"] = Path.Combine(folder, "krb5.conf"), ["KRB5_KDC_PROFILE"] = Path.Combine(folder, "kdc.conf") };
        var made = false;
        var program = await ProxyProgram.StartAsync("kdc", daemon, asOther: false, async (at, _) =>
        {
            await File.WriteAllTextAsync(environment["KRB5_CONFIG"], Client(at));
            await File.WriteAllTextAsync(environment["KRB5_KDC_PROFILE"], $$"""
                [kdcdefaults]
                 kdc_listen = {{at}}
                 kdc_tcp_listen = {{at}}
                [realms]
                 {{Realm}} = {
                  database_name = {{folder}}/principal
                  key_stash_file = {{folder}}/stash
                  acl_file = {{folder}}/acl
                  max_life = 1h
                 }

                """);
            if (!made)
            {
                made = true;
                await RunAsync(create, "", environment, "create", "-s", "-r", Realm, "-P", "a word for the master key");
                await RunAsync(admin, $"""
                    addprinc -pw "{RealProxies.Password}" {RealProxies.User}
                    addprinc -randkey {Service}
                    ktadd -k {folder}/http.keytab {Service}
                    ktadd -norandkey -k {folder}/sensor.keytab {RealProxies.User}

                    """, environment, "-r", Realm);
            }

            return ["-n", "-r", Realm];
        }, environment);
        return new Kdc(program, folder);
    }

    /// <summary>The configuration of a client of the KDC at an address, by TCP.</summary>
    public static string Client(HostPort kdc) => $$"""
        [libdefaults]
         default_realm = {{Realm}}
         dns_lookup_kdc = false
         dns_lookup_realm = false
         dns_canonicalize_hostname = false
         rdns = false
         udp_preference_limit = 1
        [realms]
         {{Realm}} = {
          kdc = {{kdc}}
         }
        [domain_realm]
         .plant.test = {{Realm}}

        """;

    public static async Task RunAsync(string program, string input, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = Dials.Limit();
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"{program}: {await output}{await errors}");
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
