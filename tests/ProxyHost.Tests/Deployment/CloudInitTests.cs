using Culvert.ProxyHost.Tests.Harness;

namespace Culvert.ProxyHost.Tests.Deployment;

/// <summary>The cloud-init file of a pool's machine.</summary>
public sealed class CloudInitTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact(Timeout = 120_000)]
    public async Task It_is_what_cloud_init_understands()
    {
        DeployFolder.Require("cloud-init");

        var (status, said) = await DeployFolder.RunAsync("cloud-init", "schema", "--config-file", DeployFolder.PathOf("cloud-init", "culvert-proxy.yaml"));

        Assert.True(status == 0, said);
        Assert.Contains("Valid", said, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_settings_in_it_have_no_mistakes()
    {
        var (status, said, error) = await ProxyProcess.RunAsync("", "check", "--config", _folder.Write("proxy.yaml", Content("/etc/culvert/proxy.yaml")));

        Assert.True(status == 0, said + error);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_script_in_it_is_a_shell_s()
    {
        var (status, said) = await DeployFolder.RunAsync("/bin/sh", "-n", _folder.Write("install.sh", Content("/usr/local/sbin/culvert-proxy-install")));

        Assert.True(status == 0, said);
    }

    public void Dispose() => _folder.Dispose();

    private static string Content(string path)
    {
        var config = new YamlDotNet.Serialization.DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(DeployFolder.Read("cloud-init", "culvert-proxy.yaml"));
        return (string)((List<object>)config["write_files"]).Cast<Dictionary<object, object>>().Single(f => (string)f["path"] == path)["content"];
    }
}
