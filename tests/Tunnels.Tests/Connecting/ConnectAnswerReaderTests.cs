using System.Text;
using CsCheck;

namespace Culvert.Tunnels.Tests;

public sealed class ConnectAnswerReaderTests
{
    private const int Max = 32 * 1024;

    public static TheoryData<string> Answers =>
    [
        "HTTP/1.1 200 Connection established\r\n\r\n",
        "HTTP/1.0 200 OK\n\n",
        "HTTP/1.1 200\r\nProxy-Agent: x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nVia: 1.1 a\r\nVia: 1.1 b\r\n\r\n",
    ];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_split_at_every_byte_is_the_same_answer_and_no_byte_behind_it_is_lost(string answer)
    {
        var payload = "\u0016\u0003\u0001server speaks first"u8.ToArray();
        var bytes = (byte[])[.. Encoding.Latin1.GetBytes(answer), .. payload];
        for (var cut = 1; cut <= bytes.Length; cut++)
        {
            var stream = new PiecewiseStream(bytes, cut);
            var (read, cause, _) = await ConnectAnswerReader.ReadAsync(stream, Max, default);
            Assert.Equal(Cause.None, cause);
            Assert.Equal(200, read!.Status);
            Assert.Equal(payload, (byte[])[.. read.Leftover.Span, .. stream.Rest]);
        }

        var single = new PiecewiseStream(bytes, [.. Enumerable.Range(1, bytes.Length)]);
        var (slow, _, _) = await ConnectAnswerReader.ReadAsync(single, Max, default);
        Assert.Equal(200, slow!.Status);
        Assert.Equal(payload, (byte[])[.. slow.Leftover.Span, .. single.Rest]);
    }

    [Fact]
    public async Task Fields_are_joined_folded_lines_continued_and_names_lowered()
    {
        var (answer, _, _) = await ReadAsync("HTTP/1.1 200 OK\r\nVIA: 1.1 a\r\nX-Long: one\r\n two\r\nVia: 1.1 b\r\n\r\n");
        Assert.Equal("1.1 a, 1.1 b", answer!.Field("via"));
        Assert.Equal("one two", answer.Field("x-long"));
        Assert.Null(answer.Field("absent"));
    }

    [Fact]
    public async Task A_header_of_64_KiB_is_refused_and_memory_stays_bounded()
    {
        var stream = new PiecewiseStream(Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nX: " + new string('a', 64 * 1024) + "\r\n\r\n"));
        var (answer, cause, evidence) = await ConnectAnswerReader.ReadAsync(stream, Max, default);
        Assert.Null(answer);
        Assert.Equal(Cause.MalformedAnswer, cause);
        Assert.Contains("longer than 32768 bytes", evidence);
        Assert.True(stream.Rest.Length > 30 * 1024);
    }

    [Fact]
    public async Task A_header_of_64_KiB_is_read_where_the_limit_allows_it()
    {
        var value = string.Join("\r\n", Enumerable.Range(0, 63).Select(i => $"X-{i}: {new string('a', 1000)}"));
        var bytes = Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{value}\r\n\r\nrest");
        var (answer, cause, _) = await ConnectAnswerReader.ReadAsync(new PiecewiseStream(bytes, 1, 17, 5000, 40000), 128 * 1024, default);
        Assert.Equal(Cause.None, cause);
        Assert.Equal(63, answer!.Fields.Count);
    }

    [Theory]
    [InlineData("", Cause.ConnectionClosed)]
    [InlineData("HTTP/1.1 200 OK\r\n", Cause.MalformedAnswer)]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n", Cause.MalformedAnswer)]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n", Cause.MalformedAnswer)]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n", Cause.MalformedAnswer)]
    [InlineData("HTTP/1.1 101 Switching\r\n\r\n", Cause.MalformedAnswer)]
    [InlineData("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", Cause.MalformedAnswer)]
    [InlineData("HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n", Cause.MalformedAnswer)]
    [InlineData("HTTP/2 200 OK\r\n\r\n", Cause.NotAProxy)]
    [InlineData("\u0015\u0003\u0001\u0000\u0002\u0002\u0046", Cause.NotAProxy)]
    [InlineData("\u0005\u00ff", Cause.NotAProxy)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", Cause.NotAProxy)]
    [InlineData("220 mail.example ESMTP\r\n", Cause.NotAProxy)]
    [InlineData("<html>login</html>", Cause.NotAProxy)]
    public async Task What_is_no_answer_is_named_however_it_is_split(string bytes, Cause expected)
    {
        var whole = await ReadAsync(bytes);
        Assert.Null(whole.Answer);
        Assert.Equal(expected, whole.Cause);
        var raw = Encoding.Latin1.GetBytes(bytes);
        var split = await ConnectAnswerReader.ReadAsync(new PiecewiseStream(raw, [.. Enumerable.Range(1, raw.Length + 1)]), Max, default);
        Assert.Equal(expected, split.Cause);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "an SSH server answered: SSH-2.0-OpenSSH_9.2")]
    [InlineData("\u0016\u0003\u0001", "https")]
    [InlineData("\u0005\u0000", "socks5")]
    [InlineData("HTTP/2 200 OK\r\n\r\n", "another version of HTTP")]
    public async Task Evidence_says_what_answered_instead_even_byte_by_byte(string bytes, string expected)
    {
        var raw = Encoding.Latin1.GetBytes(bytes);
        var (_, _, evidence) = await ConnectAnswerReader.ReadAsync(new PiecewiseStream(raw, [.. Enumerable.Range(1, raw.Length + 1)]), Max, default);
        Assert.Contains(expected, evidence);
    }

    [Fact]
    public async Task Interim_answers_without_end_are_refused()
    {
        var (answer, cause, _) = await ReadAsync(string.Concat(Enumerable.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 1000)));
        Assert.Null(answer);
        Assert.Equal(Cause.MalformedAnswer, cause);
    }

    [Fact]
    public void Any_bytes_at_all_give_an_answer_or_a_cause_and_never_an_exception()
    {
        var piece = Gen.OneOf(
            Gen.Const("HTTP/1.1 200 OK\r\n"), Gen.Const("HTTP/1.1 407 No\r\n"), Gen.Const("HTTP/1.1 100 \r\n\r\n"), Gen.Const("\r\n"), Gen.Const("\n"),
            Gen.Const("A: b\r\n"), Gen.Const(" folded\r\n"), Gen.Const(":\r\n"), Gen.Char['\0', '\u00ff'].Select(c => c.ToString()));
        piece.Array[0, 12].Select(p => string.Concat(p)).Sample(text =>
        {
            var bytes = Encoding.Latin1.GetBytes(text);
            var stream = new PiecewiseStream(bytes, bytes.Length / 3, bytes.Length / 2);
            var (answer, cause, _) = ConnectAnswerReader.ReadAsync(stream, 1024, default).AsTask().GetAwaiter().GetResult();
            Assert.Equal(answer is null, cause != Cause.None);
        }, iter: 5000, seed: "0N0XIzNsQ0O2");
    }

    private static ValueTask<(ConnectAnswer? Answer, Cause Cause, string? Evidence)> ReadAsync(string text) =>
        ConnectAnswerReader.ReadAsync(new PiecewiseStream(Encoding.Latin1.GetBytes(text)), Max, default);
}
