using System.Text;
using CsCheck;

namespace Culvert.Relaying.Tests.Units;

public sealed class RequestParserTests
{
    [Fact]
    public void Any_bytes_at_all_give_a_request_or_a_refusal() =>
        Gen.Byte.Array[0, 400].Sample(bytes =>
        {
            byte[] head = [.. bytes, .. "\r\n\r\n"u8];
            var length = RequestParser.HeadLength(head, 0);
            Assert.InRange(length, 4, head.Length);
            var (asked, refusal) = RequestParser.Parse(head.AsSpan(0, length));
            Assert.True((asked is null) != (refusal is null));
            Assert.NotEmpty(refusal?.ToBytes("p") ?? [1]);
        });

    [Fact]
    public void One_changed_byte_never_leads_to_another_destination_than_it_says() =>
        Gen.Select(Gen.Int[0, 85], Gen.Byte).Sample((at, value) =>
        {
            var bytes = Encoding.Latin1.GetBytes("CONNECT cloud.example.com:443 HTTP/1.1\r\nHost: cloud.example.com:443\r\nVia: 1.1 a\r\nX: y\r\n\r\n");
            bytes[at % bytes.Length] = value;
            var length = RequestParser.HeadLength(bytes, 0);
            if (length > 0 && RequestParser.Parse(bytes.AsSpan(0, length)).Asked is { } asked)
            {
                Assert.Equal(new HostPort("cloud.example.com", 443), asked.Destination);
            }
        });

    [Theory]
    [InlineData("")]
    [InlineData("C")]
    [InlineData("CONNECT ")]
    [InlineData("CONNECT x:1 HT")]
    [InlineData("GET ")]
    public void The_start_of_a_request_may_become_one(string start) => Assert.True(RequestParser.CanBeConnect(Encoding.Latin1.GetBytes(start)));

    [Theory]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData("\u0005\u0001\0")]
    [InlineData("SSH-2.0-x")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ")]
    public void What_is_none_is_seen_at_once(string start) => Assert.False(RequestParser.CanBeConnect(Encoding.Latin1.GetBytes(start)));

    [Fact]
    public void Old_clients_and_tinyproxy_are_understood()
    {
        Assert.NotNull(RequestParser.Parse("CONNECT a.example.com:443 HTTP/1.0\r\n\r\n"u8).Asked);
        Assert.NotNull(RequestParser.Parse("CONNECT a.example.com:443 HTTP/1.1\r\nHost: A.example.com\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8).Asked);
        Assert.Equal("::1", RequestParser.Parse("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n"u8).Asked!.Destination.Host);
    }
}
