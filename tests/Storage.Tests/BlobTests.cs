using System.Text;

namespace Culvert.Storage.Tests;

public sealed class BlobTests : StoreTest
{
    [Fact]
    public async Task A_blob_is_read_as_it_was_when_opened_though_it_is_replaced_meanwhile()
    {
        var first = await PutAsync("first");
        await using var stream = await Store.Blobs.OpenAsync(first, Cancelled);
        var second = await PutAsync("second");
        Assert.Equal("first", await ReadAsync(stream!));
        Assert.NotEqual(first.ETag, second.ETag);
        await using var again = await Store.Blobs.OpenAsync((await Store.Blobs.FindAsync("c", "n", Cancelled))!, Cancelled);
        Assert.Equal("second", await ReadAsync(again!));
        Assert.Single(Files());
    }

    [Fact]
    public async Task Content_that_is_too_long_or_cut_leaves_nothing()
    {
        await Assert.ThrowsAsync<BlobTooLargeException>(() => PutAsync(new string('x', 200)));
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.Blobs.PutAsync(Write(), new MemoryStream("x"u8.ToArray()), gone.Token));
        Assert.Null(await Store.Blobs.FindAsync("c", "n", Cancelled));
        Assert.Empty(Files());
    }

    [Fact]
    public async Task Blocks_make_a_blob_in_the_order_that_is_committed_and_one_that_is_missing_makes_none()
    {
        await BlockAsync("b", "world");
        await BlockAsync("a", "hello ");
        await BlockAsync("unused", "!");
        Assert.Null(await Store.Blobs.CommitBlocksAsync(Write(), ["a", "nowhere"], Cancelled));
        var blob = await Store.Blobs.CommitBlocksAsync(Write(), ["a", "b"], Cancelled);
        await using var stream = await Store.Blobs.OpenAsync(blob!, Cancelled);
        Assert.Equal("hello world", await ReadAsync(stream!));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("hello world"u8)), blob!.Sha256);
        Assert.Single(Files());
        Assert.Equal(StoreOutcome.Done, await Store.Blobs.DeleteAsync("c", "n", Cancelled));
        Assert.Equal(StoreOutcome.NotFound, await Store.Blobs.DeleteAsync("c", "n", Cancelled));
        Assert.Empty(Files());
    }

    [Fact]
    public async Task Staged_blocks_together_may_not_be_longer_than_the_blob()
    {
        await BlockAsync("a", new string('x', 60));
        await Assert.ThrowsAsync<BlobTooLargeException>(() => BlockAsync("b", new string('x', 60)));
        Assert.Single(Files());
    }

    [Fact]
    public async Task A_name_never_leads_out_of_the_folder()
    {
        var blob = await Store.Blobs.PutAsync(Write() with { Name = "../../../../etc/passwd" }, new MemoryStream("x"u8.ToArray()), Cancelled);
        Assert.StartsWith(Path.Combine(Folder, "blobs"), Assert.Single(Files()), StringComparison.Ordinal);
        Assert.Equal("../../../../etc/passwd", blob.Name);
    }

    private static BlobWrite Write() => new() { Container = "c", Name = "n", MaxBytes = 100, At = TestData.Now, Metadata = new Dictionary<string, string> { ["k"] = "v" } };

    private static async Task<string> ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Cancelled);
    }

    private Task<BlobEntry> PutAsync(string text) => Store.Blobs.PutAsync(Write(), new MemoryStream(Encoding.UTF8.GetBytes(text)), Cancelled);

    private Task BlockAsync(string id, string text) => Store.Blobs.PutBlockAsync(Write(), id, new MemoryStream(Encoding.UTF8.GetBytes(text)), Cancelled);

    private string[] Files() => Directory.Exists(Path.Combine(Folder, "blobs")) ? Directory.GetFiles(Path.Combine(Folder, "blobs"), "*", SearchOption.AllDirectories) : [];
}
