using Culvert.Commands;

namespace Culvert.PortalHost.Tests;

/// <summary>A portal whose keys are damaged says which file, goes no further, and makes no new keys that no sensor trusts.</summary>
public sealed class DamagedKeysTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-portal-keys-");

    public static TheoryData<string, string> Damage()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in (string[])["root.crt", "issuing.crt", "issuing.key", "signing.crt", "signing.key", "packages.key", "blob.key"])
        {
            data.Add(file, "");
            data.Add(file, "garbage");
        }

        // As good as no key: everybody knows it.
        data.Add("blob.key", "AAAA");
        return data;
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Damage))]
    public async Task The_file_is_named(string file, string content)
    {
        var folder = new PortalFolder(_folder.FullName);
        PortalAuthority.Open(folder, TimeProvider.System).Dispose();
        var path = Path.Combine(folder.Keys, file);
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);

        var refused = Assert.Throws<PortalKeyException>(() => PortalAuthority.Open(folder, TimeProvider.System));

        Assert.StartsWith($"{path} cannot be used: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_command_ends_with_one_and_no_trace()
    {
        var folder = new PortalFolder(_folder.FullName);
        PortalAuthority.Open(folder, TimeProvider.System).Dispose();
        File.Delete(Path.Combine(folder.Keys, "signing.key"));

        Assert.Equal(1, await HostCommandLine.RunAsync(
            PortalCommands.Build(),
            "culvert-portal",
            ["onboard", "--data", _folder.FullName, "--sensor", "s", "--site", "p", "--zone", "z", "--address", "portal.example.com:443", "--out", Path.Combine(_folder.FullName, "out")]));
    }

    [Fact(Timeout = 60_000)]
    public async Task So_does_a_database_that_is_none()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "portal.db"), "this is no database, and long enough to be seen as none", TestContext.Current.CancellationToken);

        Assert.Equal(1, await HostCommandLine.RunAsync(
            PortalCommands.Build(),
            "culvert-portal",
            ["onboard", "--data", _folder.FullName, "--sensor", "s", "--site", "p", "--zone", "z", "--address", "portal.example.com:443", "--out", Path.Combine(_folder.FullName, "out")]));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
