using System.Text;

namespace Culvert.Checking.Tests;

/// <summary>Whatever a stranger quotes of a password, in whatever form and however much of it, is not shown.</summary>
public sealed class SecretScrubberTests
{
    private const string Word = "Pläne & Zähler 7731";

    private static SecretScrubber Scrubber => new([new Route
    {
        Name = "main",
        Hops = [new Hop { Name = "plant", Address = new HostPort("10.30.3.5", 3128), Credentials = new HopCredentials("sensor", Word) }],
    }]);

    public static TheoryData<string> Quoted =>
    [
        Word,
        Uri.EscapeDataString(Word),
        System.Net.WebUtility.UrlEncode(Word),
        System.Net.WebUtility.HtmlEncode(Word),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Word)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"sensor:{Word}")),
        HttpHead.Clean(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(Word))),
    ];

    [Theory]
    [MemberData(nameof(Quoted))]
    public void No_form_of_it_is_left(string quoted)
    {
        var text = Scrubber.CleanQuoted($"502 your request was [{quoted}], sorry");

        Assert.Equal("502 your request was [***], sorry", text);
    }

    [Theory]
    [MemberData(nameof(Quoted))]
    public void Not_even_where_the_quotation_is_cut_off(string quoted)
    {
        for (var length = 8; length < quoted.Length; length++)
        {
            Assert.Equal("received: ***| (12 ms)", Scrubber.CleanQuoted($"received: {quoted[..length]}| (12 ms)"));
        }
    }

    [Fact]
    public void Text_of_our_own_keeps_its_words() =>
        Assert.Equal("it asks for a user name and password", new SecretScrubber([new Route
        {
            Name = "main",
            Hops = [new Hop { Name = "plant", Address = new HostPort("10.30.3.5", 3128), Credentials = new HopCredentials("sensor", "password-1") }],
        }]).Clean("it asks for a user name and password"));
}
