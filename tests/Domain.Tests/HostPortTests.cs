namespace Culvert.Domain.Tests;

public sealed class HostPortTests
{
    [Theory]
    [InlineData("portal.example.com:443", "portal.example.com", 443)]
    [InlineData("Portal.Example.COM.:443", "portal.example.com", 443)]
    [InlineData("10.1.2.3:3128", "10.1.2.3", 3128)]
    [InlineData("[2001:DB8::1]:443", "2001:db8::1", 443)]
    public void An_exact_host_and_port_is_read(string text, string host, int port)
    {
        Assert.True(HostPort.TryParse(text, out var parsed));
        Assert.Equal(host, parsed.Host);
        Assert.Equal(port, parsed.Port);
    }

    [Theory]
    [InlineData("*.example.com:443")]
    [InlineData(".example.com:443")]
    [InlineData("example..com:443")]
    [InlineData("example.com")]
    [InlineData("example.com:0")]
    [InlineData("example.com:65536")]
    [InlineData("example.com:+443")]
    [InlineData("exa mple.com:443")]
    [InlineData("2001:db8::1:443")]
    [InlineData("10.1:443")]
    [InlineData("010.1.2.3:443")]
    [InlineData("0x7f000001:443")]
    [InlineData("[10.1.2.3]:443")]
    [InlineData("host\r\nx:443")]
    [InlineData("")]
    public void Anything_that_is_not_exact_is_refused(string text) => Assert.False(HostPort.TryParse(text, out _));

    [Fact]
    public void An_ipv6_address_is_written_in_brackets() => Assert.Equal("[2001:db8::1]:443", new HostPort("2001:db8::1", 443).ToString());
}
