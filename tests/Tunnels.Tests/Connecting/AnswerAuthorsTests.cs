namespace Culvert.Tunnels.Tests;

/// <summary>Who wrote an answer.</summary>
public sealed class AnswerAuthorsTests
{
    [Theory]
    [InlineData("server", "Zscaler/6.2", "", "Zscaler", AuthorKind.Filter, 0.95)]
    [InlineData("location", "https://fw.plant:6082/php/uid.php?vsys=1&rule=0", "", "Palo Alto Networks", AuthorKind.Filter, 0.95)]
    [InlineData("", "", "<p>Access to the web page you were trying to visit has been blocked in accordance with company policy.", "Palo Alto Networks", AuthorKind.Filter, 0.8)]
    [InlineData("location", "https://proxysg.plant/?cfru=aHR0cDovLw==", "", "Blue Coat ProxySG", AuthorKind.Filter, 0.95)]
    [InlineData("", "", "<b>Network Error (tcp_error)</b>", "Blue Coat ProxySG", AuthorKind.Filter, 0.8)]
    [InlineData("location", "http://10.0.0.1:1000/fgtauth?0a0b", "", "Fortinet FortiGate", AuthorKind.Filter, 0.95)]
    [InlineData("via", "1.1 wsa.plant:80 (Cisco-WSA/12.5.1-011)", "", "Cisco Secure Web Appliance", AuthorKind.Filter, 0.95)]
    [InlineData("", "", "<img src=\"/mwg-internal/de5fs23hu73ds/files/default/images/head.jpg\">", "Skyhigh (McAfee) Web Gateway", AuthorKind.Filter, 0.95)]
    [InlineData("location", "http://10.0.0.1:15871/cgi-bin/blockpage.cgi?ws-session=1", "", "Forcepoint (Websense)", AuthorKind.Filter, 0.95)]
    [InlineData("location", "https://gw.plant/UserCheck/PortalMain?IID=1", "", "Check Point", AuthorKind.Filter, 0.95)]
    [InlineData("location", "http://192.168.1.1:8002/index.php?zone=guests&redirurl=http", "", "pfSense captive portal", AuthorKind.Filter, 0.8)]
    [InlineData("x-squid-error", "ERR_DNS_FAIL 0", "<html>", "Squid", AuthorKind.Proxy, 0.95)]
    [InlineData("server", "tinyproxy/1.11.1", "", "tinyproxy", AuthorKind.Proxy, 0.95)]
    [InlineData("server", "envoy", "", "Envoy", AuthorKind.Proxy, 0.95)]
    [InlineData("", "", "<h2>502 Bad Gateway</h2><h3>Host Not Found or connection failed</h3>", "3proxy", AuthorKind.Proxy, 0.8)]
    [InlineData("", "", "<h1>503 Service Unavailable</h1>\nNo server is available to handle this request.", "HAProxy", AuthorKind.Proxy, 0.8)]
    [InlineData("server", "Apache/2.4.57 (Debian)", "", "Apache httpd", AuthorKind.WebServer, 0.95)]
    [InlineData("server", "nginx/1.22.1", "", "nginx", AuthorKind.WebServer, 0.95)]
    public void A_product_is_known_by_its_mark(string field, string value, string body, string product, AuthorKind kind, double confidence)
    {
        var author = AnswerAuthors.Of("", f => f == field ? value : null, body)!;
        Assert.Equal((product, kind, confidence), (author.Product, author.Kind, author.Confidence));
        Assert.Contains(product, author.ToString());
    }

    [Fact]
    public void The_reason_phrase_is_a_mark_too()
    {
        Assert.Equal("Privoxy", AnswerAuthors.Of("Request blocked by Privoxy", _ => null, "")!.Product);
        Assert.Equal("Microsoft TMG (ISA)", AnswerAuthors.Of("Proxy Authentication Required ( Forefront TMG requires authorization to fulfill the request. )", _ => null, "")!.Product);
    }

    [Fact]
    public void A_filters_page_counts_for_more_than_the_server_that_hands_it_out_and_a_vague_word_for_less()
    {
        Assert.Equal("Fortinet FortiGate", AnswerAuthors.Of("", f => f == "server" ? "Apache" : null, "FortiGuard Intrusion Prevention")!.Product);
        Assert.Equal("Squid", AnswerAuthors.Of("", f => f == "x-squid-error" ? "ERR_ACCESS_DENIED 0" : null, "your request has been blocked")!.Product);
        Assert.Null(AnswerAuthors.Of("", _ => null, "<html>nobody's page</html>"));
    }
}
