namespace Culvert.Tunnels.Tests;

public sealed class PrefixedStreamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Early_bytes_come_first_whatever_the_reader_asks_for(int size)
    {
        using var inner = new MemoryStream("def"u8.ToArray());
        await using var stream = new PrefixedStream("abc"u8.ToArray(), inner);
        var all = new List<byte>();
        var buffer = new byte[size];
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));
        for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
        {
            all.AddRange(buffer[..read]);
        }

        Assert.Equal("abcdef"u8, all.ToArray());
        Assert.True(stream.Remaining.IsEmpty);
    }

    [Fact]
    public void Synchronous_reads_do_the_same()
    {
        using var inner = new MemoryStream("def"u8.ToArray());
        using var stream = new PrefixedStream("abc"u8.ToArray(), inner);
        var buffer = new byte[2];
        Assert.Equal(2, stream.Read(buffer, 0, 2));
        Assert.Equal("c"u8, stream.Remaining.Span);
        Assert.Equal(1, stream.Read(buffer, 0, 2));
        Assert.Equal(2, stream.Read(buffer, 0, 2));
        Assert.Equal("de"u8, buffer);
    }
}
