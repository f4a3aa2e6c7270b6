using Culvert.ProxyHost.Tests.Harness;

namespace Culvert.ProxyHost.Tests.Deployment;

/// <summary>Which files a service that is not root takes a secret from: its own alone, or root's that its group may read.</summary>
public sealed class SecretFileTests : IDisposable
{
    private const string User = "64198";
    private readonly TestFolder _folder = new();

    [Theory(Timeout = 120_000)]
    [InlineData("600", User, User, true)]
    [InlineData("640", "0", User, true)]
    [InlineData("440", "0", User, true)]
    [InlineData("640", User, User, false)]
    [InlineData("644", "0", User, false)]
    [InlineData("660", "0", User, false)]
    [InlineData("604", "0", User, false)]
    public async Task A_secret_is_taken_only_where_others_cannot_read_it(string mode, string owner, string group, bool taken)
    {
        DeployFolder.Require("setpriv");
        Assert.SkipUnless(Environment.UserName == "root", "only root can give files to others");
        var secret = _folder.Write("secret", "word");
        var settings = _folder.Write("proxy.yaml", $$"""
            proxy: { name: secrets }
            listen: [{ address: 127.0.0.1, port: 0 }]
            allow: ["portal.example.com:443"]
            parents: [{ name: parent, host: 192.0.2.9, port: 3128, credentials: { userName: u, password: { file: "{{secret}}" } } }]
            """);
        await RunAsync("chmod", "755", Path.GetDirectoryName(settings)!);
        await RunAsync("chmod", "644", settings);
        await RunAsync("chown", $"{owner}:{group}", secret);
        await RunAsync("chmod", mode, secret);
        var (readable, _) = await DeployFolder.RunAsync("setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", "test", "-x", ProxyProcess.Program);
        Assert.SkipUnless(readable == 0, "this working copy is in a folder that only its owner can enter");

        var (status, said) = await DeployFolder.RunAsync("setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", ProxyProcess.Program, "check", "--config", settings);

        Assert.True((status == 0) == taken, said);
        Assert.True(taken || said.Contains($"chmod 600 {secret}", StringComparison.Ordinal), said);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var (status, said) = await DeployFolder.RunAsync(program, arguments);
        Assert.True(status == 0, said);
    }
}
