using System.Security.Cryptography;
using System.Text;

namespace Culvert.Uplink.Tests;

public sealed class PackageKeeperTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-packages-");
    private readonly PackageSource _source = new();
    private readonly ScriptedHttp _http = new();
    private readonly HttpClient _client;
    private readonly List<string> _inUse = [];
    private readonly ListLogger _log = new();
    private Func<string, string?> _selfTest = _ => null;

    public PackageKeeperTests()
    {
        _http.Answer = _source.Answer;
        _client = new HttpClient(_http) { BaseAddress = new Uri("https://localhost/") };
    }

    public void Dispose()
    {
        _client.Dispose();
        _source.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_newest_is_fetched_verified_and_in_use_again_after_a_restart()
    {
        using (var keeper = Keeper())
        {
            Assert.True(await keeper.EnsureAsync(null, TestContext.Current.CancellationToken));
            Assert.Null(keeper.Status.Version);
            _source.Add("2026.11.24.1");
            Assert.True(await keeper.EnsureAsync(null, TestContext.Current.CancellationToken));
            Assert.Equal(new PackageStatus("2026.11.24.1", "Ok", null), keeper.Status);
        }

        using var again = Keeper();
        await again.LoadAsync(TestContext.Current.CancellationToken);
        Assert.Equal("2026.11.24.1", again.Status.Version);
        Assert.Equal(["2026.11.24.1", "2026.11.24.1"], _inUse);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_signature_by_another_key_is_refused_and_the_one_in_use_stays()
    {
        using var keeper = Keeper();
        _source.Add("1.0");
        await keeper.EnsureAsync(null, TestContext.Current.CancellationToken);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        _source.Add("2.0", signedBy: other);
        Assert.True(await keeper.EnsureAsync(null, TestContext.Current.CancellationToken));
        Assert.Equal(("1.0", "Failed"), (keeper.Status.Version, keeper.Status.Status));
        Assert.Contains("signature", keeper.Status.Error, StringComparison.Ordinal);
        Assert.Equal(["1.0"], _inUse);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("length")]
    [InlineData("hash")]
    [InlineData("served")]
    [InlineData("longer")]
    [InlineData("kind")]
    [InlineData("path")]
    [InlineData("huge")]
    public async Task Whatever_does_not_fit_its_manifest_is_refused(string what)
    {
        using var keeper = Keeper();
        _source.Add(
            "1.0",
            altered: what switch
            {
                "length" => m => m with { Length = m.Length - 1 },
                "hash" => m => m with { Sha256 = new string('0', 64) },
                "kind" => m => m with { Kind = "firmware" },
                "path" => m => m with { ContentPath = "//other.example.com/content" },
                "huge" => m => m with { Length = long.MaxValue },
                _ => null,
            },
            served: what switch
            {
                "served" => c => [.. c.Reverse()],
                "longer" => c => [.. c, .. new byte[1_000_000]],
                _ => null,
            });
        Assert.True(await keeper.EnsureAsync(null, TestContext.Current.CancellationToken));
        Assert.Equal("Failed", keeper.Status.Status);
        Assert.Empty(_inUse);
        Assert.DoesNotContain(_folder.EnumerateFiles("*", SearchOption.AllDirectories), f => f.Length > 100_000);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_older_one_is_never_taken_by_itself_but_when_the_cloud_orders_it()
    {
        using var keeper = Keeper();
        _source.Add("2026.11.24.9");
        await keeper.EnsureAsync(null, TestContext.Current.CancellationToken);
        // Older, though it sorts after as text.
        _source.Add("2026.11.3.1");
        await keeper.EnsureAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal("2026.11.24.9", keeper.Status.Version);
        await keeper.EnsureAsync(new DesiredPackage("2026.11.3.1", "/downloads/ti/2026.11.3.1/manifest.json"), TestContext.Current.CancellationToken);
        Assert.Equal("2026.11.3.1", keeper.Status.Version);
        // A manifest of another version than ordered is no answer to the order.
        await keeper.EnsureAsync(new DesiredPackage("3.0", "/downloads/ti/2026.11.24.9/manifest.json"), TestContext.Current.CancellationToken);
        Assert.Equal(("2026.11.3.1", "Failed"), (keeper.Status.Version, keeper.Status.Status));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_breaks_off_is_continued_where_it_stopped_or_begun_anew_where_the_server_knows_no_ranges(bool ranges)
    {
        using var keeper = Keeper();
        _source.Ranges = ranges;
        var content = _source.Add("1.0", RandomNumberGenerator.GetBytes(300_000));
        _source.BreakAfter.Enqueue(100_000);
        _source.BreakAfter.Enqueue(50_000);
        Assert.False(await keeper.EnsureAsync(null, TestContext.Current.CancellationToken));
        Assert.False(await keeper.EnsureAsync(null, TestContext.Current.CancellationToken));
        Assert.True(await keeper.EnsureAsync(null, TestContext.Current.CancellationToken));
        Assert.Equal("1.0", keeper.Status.Version);
        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "1.0.json"), TestContext.Current.CancellationToken));
        var asked = _http.Requests.Where(r => r.Path.EndsWith("/content", StringComparison.Ordinal)).Select(r => r.Range).ToList();
        Assert.Equal(3, asked.Count);
        if (ranges)
        {
            Assert.Equal([null, "bytes=100000-", "bytes=150000-"], asked);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task One_that_fails_its_test_was_never_in_use_and_is_not_kept()
    {
        using var keeper = Keeper();
        _source.Add("1.0");
        await keeper.EnsureAsync(null, TestContext.Current.CancellationToken);
        _selfTest = version => version == "2.0" ? "it matches everything" : null;
        _source.Add("2.0");
        Assert.True(await keeper.EnsureAsync(null, TestContext.Current.CancellationToken));
        Assert.Equal(new PackageStatus("1.0", "Failed", "2.0: it matches everything"), keeper.Status);
        using var again = Keeper();
        await again.LoadAsync(TestContext.Current.CancellationToken);
        Assert.Equal("1.0", again.Status.Version);
    }

    [Fact(Timeout = 60_000)]
    public async Task One_that_is_damaged_on_the_disk_is_passed_over_for_the_one_before()
    {
        using (var keeper = Keeper())
        {
            _source.Add("1.0");
            await keeper.EnsureAsync(null, TestContext.Current.CancellationToken);
            _source.Add("2.0");
            await keeper.EnsureAsync(null, TestContext.Current.CancellationToken);
            _source.Add("3.0");
            await keeper.EnsureAsync(null, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["2.0.json", "3.0.json"], _folder.GetFiles("*.json").Select(f => f.Name).Order());
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "3.0.json"), "{}", TestContext.Current.CancellationToken);
        using var again = Keeper();
        await again.LoadAsync(TestContext.Current.CancellationToken);
        Assert.Equal("2.0", again.Status.Version);
    }

    [Fact(Timeout = 60_000)]
    public async Task Where_packages_are_not_automatic_a_newer_one_is_only_announced()
    {
        using var keeper = Keeper(automatic: false);
        _source.Add("1.0");
        Assert.True(await keeper.EnsureAsync(null, TestContext.Current.CancellationToken));
        Assert.Equal(new PackageStatus(null, "UpdateAvailable", null), keeper.Status);
        await keeper.EnsureAsync(new DesiredPackage("1.0", "/downloads/ti/1.0/manifest.json"), TestContext.Current.CancellationToken);
        Assert.Equal(new PackageStatus("1.0", "Ok", null), keeper.Status);
    }

    [Theory]
    [InlineData("1.0", "1.0.0", 0)]
    [InlineData("1.9", "1.10", -1)]
    [InlineData("2026.11.24.1", "2026.11.3.99", 1)]
    public void Versions_are_numbers(string left, string right, int sign)
    {
        Assert.True(PackageVersion.TryParse(left, out var a));
        Assert.True(PackageVersion.TryParse(right, out var b));
        Assert.Equal(sign, Math.Sign(a!.CompareTo(b)));
        Assert.Equal(-sign, Math.Sign(b!.CompareTo(a)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1..2")]
    [InlineData("1.a")]
    [InlineData("../1")]
    [InlineData("-1")]
    [InlineData("1.2.3.4.5.6.7.8.9")]
    [InlineData("9999999999999")]
    public void What_is_not_numbers_with_dots_is_no_version(string? text) => Assert.False(PackageVersion.TryParse(text, out _));

    private PackageKeeper Keeper(bool automatic = true) => new(
        new PackageKeeperOptions
        {
            Directory = _folder.FullName,
            SigningKeyPem = _source.KeyPem,
            Automatic = automatic,
            Install = (version, content) =>
            {
                if (_selfTest(version) is { } error)
                {
                    return error;
                }

                Assert.False(string.IsNullOrEmpty(Encoding.Latin1.GetString(content.Span)));
                _inUse.Add(version);
                return null;
            },
        },
        _client,
        _log);
}
