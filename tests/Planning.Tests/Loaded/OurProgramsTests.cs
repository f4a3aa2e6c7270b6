using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Planning.Tests;

/// <summary>culvert-proxy and culvert-sensor take the settings that are written for them.</summary>
public sealed class OurProgramsTests : IDisposable
{
    // What 'culvert-proxy hash-password' made of some password.
    private const string SomeHash = "pbkdf2-sha256$600000$KhmIA1+puBxQA0bJM0QNng==$wbh1T4IcW5ngXeipMYyp4mE0Njr3fbHH8MLKd1AEM5o=";
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-planning-tests").FullName;

    public static TheoryData<string> SampleNames => [.. Samples.Names];

    [Theory]
    [MemberData(nameof(SampleNames))]
    public async Task The_proxy_finds_no_mistake_in_its_settings(string sample) => await CheckProxies(Samples.Read(sample));

    [Fact]
    public async Task The_proxy_takes_parents_fronts_and_passwords() => await CheckProxies(Samples.Parse(Fronted));

    [Theory]
    [MemberData(nameof(SampleNames))]
    public async Task The_sensor_finds_no_mistake_in_its_settings(string sample)
    {
        var plan = SitePlan.Create(Samples.Read(sample));
        foreach (var file in plan.Files.Where(f => f.Kind == PlanFileKind.SensorSettings))
        {
            var path = Write("sensor.yaml", WithSecrets(file));
            var data = Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName;
            var (status, output) = await RealProgram.RunAsync(RealProgram.Ours("SensorHost", "culvert-sensor"), "run", "--data", data, "--settings", path);

            // It reads its settings first, and then says that nobody has activated it.
            Assert.Contains("is not activated", output, StringComparison.Ordinal);
            Assert.NotEqual(3, status);
        }
    }

    [Fact]
    public void A_proxy_behind_a_front_takes_the_fronts_clients_and_shows_it_its_health()
    {
        var site = Samples.Parse(Fronted);
        var text = CulvertProxyWriter.Write(site, site.Proxy("pool-1"));

        Assert.Contains("proxyProtocolFrom: [10.1.3.5/32]", text, StringComparison.Ordinal);
        Assert.Contains("sources:\n  - 10.1.2.10/32\n", text, StringComparison.Ordinal);
        Assert.Contains("health: { address: 10.1.3.6, port: 3129 }", text, StringComparison.Ordinal);
        Assert.Contains(FlowPlanner.Plan(site), f => f is { From: "front", To: "pool-2", Port: 3129 });
        Assert.Contains("option httpchk GET /healthz", HaproxyWriter.Write(site, site.Proxy("front")), StringComparison.Ordinal);
    }

    internal const string Fronted =
        """
        site: { name: s }
        zones:
          - { name: l2, purdueLevel: 2, subnets: [10.1.2.0/24] }
          - { name: l3, purdueLevel: 3, subnets: [10.1.3.0/24] }
          - { name: dmz, purdueLevel: 3.5, subnets: [10.1.35.0/24] }
        sensors:
          - { name: s, zone: l2, address: 10.1.2.10, routes: [{ name: main, hops: [front] }] }
        proxies:
          - { name: front, kind: haproxy, zone: l3, address: 10.1.3.5, parents: [pool-1, pool-2] }
          - { name: pool-1, kind: culvert, zone: l3, address: 10.1.3.6, parents: [dmz], credentials: { userName: s, password: { environment: POOL_PASSWORD } } }
          - { name: pool-2, kind: culvert, zone: l3, address: 10.1.3.7, parents: [dmz], credentials: { userName: s, password: { environment: POOL_PASSWORD } } }
          - { name: dmz, kind: culvert, zone: dmz, address: 10.1.35.5, credentials: { userName: "a b#", password: { environment: DMZ_PASSWORD } } }
        firewalls:
          - { name: fw, sides: [{ zone: l2 }, { zone: l3 }, { zone: dmz }, { zone: internet }] }
        clouds:
          - name: portal
            kind: culvert
            endpoints:
              - { service: iotHub, host: portal.example.com, addresses: [10.9.9.9] }
              - { service: eventHubs, host: portal.example.com }
              - { service: blob, host: portal.example.com }
              - { service: downloads, host: portal.example.com }
              - { service: telemetry, host: portal.example.com }
        """;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task CheckProxies(SiteFile site)
    {
        foreach (var file in SitePlan.Create(site).Files.Where(f => f is { Kind: PlanFileKind.ProxyConfiguration } && f.Path.EndsWith("proxy.yaml", StringComparison.Ordinal)))
        {
            var (status, output) = await RealProgram.RunAsync(RealProgram.Ours("ProxyHost", "culvert-proxy"), "check", "--config", Write("proxy.yaml", WithSecrets(file)));

            Assert.True(status == 0, $"{file.Path}: {output}");
        }
    }

    // What the installer does: a hash for each token, and a file for each place that the program reads itself.
    private string WithSecrets(PlanFile file)
    {
        var text = file.Content;
        foreach (var secret in file.Secrets)
        {
            text = secret.Token is { } token ? text.Replace(token, secret.Form == PlanSecretForm.Hash ? SomeHash : "secret", StringComparison.Ordinal)
                : text.Replace(Yaml.Secret(secret.Place), $"{{ file: {Write("password", "secret")} }}", StringComparison.Ordinal);
        }

        // Certificates are the site's to have made: one of ours stands for each.
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=proxy", key, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
        const string Folder = "/etc/culvert/tls/";
        for (var at = text.IndexOf(Folder, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Folder, StringComparison.Ordinal))
        {
            var name = new string([.. text[(at + Folder.Length)..].TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')]);
            text = text.Replace(Folder + name, Write(name, name.EndsWith(".key", StringComparison.Ordinal) ? key.ExportPkcs8PrivateKeyPem() : certificate.ExportCertificatePem()), StringComparison.Ordinal);
        }

        return text;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }
}
