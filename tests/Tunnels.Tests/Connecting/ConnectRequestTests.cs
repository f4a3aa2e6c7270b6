using System.Text;

namespace Culvert.Tunnels.Tests;

public sealed class ConnectRequestTests
{
    [Theory]
    [InlineData("portal.example.com:443", "CONNECT portal.example.com:443 HTTP/1.1\r\nHost: portal.example.com:443\r\n\r\n")]
    [InlineData("[2001:db8::1]:8443", "CONNECT [2001:db8::1]:8443 HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n\r\n")]
    public void Target_and_host_carry_the_port(string destination, string expected) =>
        Assert.Equal(expected, Encoding.Latin1.GetString(ConnectRequest.Write(HostPort.Parse(destination), null)));

    [Theory]
    [InlineData("user", "p@ss:w/rd %20 \"quoted\"")]
    [InlineData("DOMAIN\\Jürgen", "пароль€")]
    [InlineData("", "")]
    public void Credentials_take_any_characters(string user, string password)
    {
        var value = ConnectRequest.Basic(new HopCredentials(user, password));
        Assert.Equal($"{user}:{password}", Encoding.UTF8.GetString(Convert.FromBase64String(value["Basic ".Length..])));
    }

    [Fact]
    public void A_colon_in_a_user_name_cannot_go_with_Basic() => Assert.Throws<ArgumentException>(() => ConnectRequest.Basic(new HopCredentials("a:b", "c")));

    [Theory]
    [InlineData("Via", "1.1 a\r\nX-Smuggled: yes")]
    [InlineData("Na\nme", "x")]
    public void Nothing_can_be_smuggled_in_a_field(string name, string value) =>
        Assert.Throws<ArgumentException>(() => ConnectRequest.Write(new HostPort("a.example", 443), null, null, new KeyValuePair<string, string>(name, value)));

    [Fact]
    public void A_password_is_never_printed() => Assert.DoesNotContain("secret", $"{new HopCredentials("user", "secret")} {new Hop { Name = "a", Address = new("a.example", 1), Credentials = new("user", "secret") }}");
}
