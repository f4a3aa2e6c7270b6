using CsCheck;

namespace Culvert.Tunnels.Tests;

public sealed class ProxyStatusFieldTests
{
    [Fact]
    public void The_example_of_RFC_9209_is_read()
    {
        var entries = ProxyStatusField.Read("r34.example.net; error=http_request_error, ExampleCDN; next-hop=backend.example.org:8001; received-status=503; details=\"a \\\"b\\\"\"");
        Assert.Equal(["r34.example.net", "ExampleCDN"], entries.Select(e => e.Proxy));
        Assert.Equal("http_request_error", entries[0].Error);
        Assert.Equal(("backend.example.org:8001", 503, "a \"b\""), (entries[1].NextHop, entries[1].ReceivedStatus, entries[1].Details));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var text = Gen.String[Gen.Char[' ', '~'], 1, 30];
        Gen.Select(text, text.Null(), text.Null(), Gen.Int[100, 599].Nullable(), text.Null(), text.Null()).Select((proxy, error, next, status, rcode, details) =>
            new ProxyStatusEntry { Proxy = proxy, Error = error, NextHop = next, ReceivedStatus = status, ResponseCode = rcode, Details = details }).Array[1, 5].Sample(
            entries => Assert.Equal(entries, ProxyStatusField.Read(ProxyStatusField.Write(entries))), iter: 2000, seed: "0000KoIeYn21");
    }

    [Fact]
    public void Any_text_is_read_without_an_exception_and_with_a_bound() =>
        Gen.String[Gen.OneOf(Gen.Char['\0', '\u00ff'], Gen.Const(','), Gen.Const(';'), Gen.Const('"'), Gen.Const('\\'), Gen.Const('=')), 0, 200].Sample(
            text => Assert.True(ProxyStatusField.Read(text).Count <= ProxyStatusField.MaxEntries), iter: 5000, seed: "0000KoIeYn21");

    [Fact]
    public void A_list_without_end_is_cut() => Assert.Equal(ProxyStatusField.MaxEntries, ProxyStatusField.Read(string.Join(',', Enumerable.Repeat("a", 1000))).Count);
}
