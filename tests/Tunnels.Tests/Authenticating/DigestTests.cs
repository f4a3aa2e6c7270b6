namespace Culvert.Tunnels.Tests;

public sealed class DigestTests
{
    /// <summary>The values that the answer is made of are those of RFC 7616, section 3.9.1; only the method is CONNECT, so the hashes were computed anew with Python's hashlib.</summary>
    [Theory]
    [InlineData("SHA-256", "598950b454a970e3ac285fae9eff24576e0df55809190d1cdf840fa9beb7790d")]
    [InlineData("SHA-256-sess", "24336f802cdd73c8f12736b16df27ba519d3e796fccab34fd164c8000a2e4dcf")]
    [InlineData("MD5", "01bb9cc5821a508712cd795ce312e47c")]
    [InlineData("MD5-sess", "155bf91d4eee85448374866f33c08ddd")]
    public void Answers_are_those_of_the_standard(string algorithm, string expected)
    {
        var header = Session($"realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"")
            .Authorize(new HopCredentials("Mufasa", "Circle of Life"), "portal.example:443", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
        Assert.StartsWith("Digest username=\"Mufasa\", realm=\"http-auth@example.org\", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", uri=\"portal.example:443\"", header);
        Assert.Contains($"algorithm={algorithm}, response=\"{expected}\"", header);
        Assert.Contains("qop=auth, nc=00000001, cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\"", header);
        Assert.Contains("opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"", header);
    }

    [Fact]
    public void Counts_go_up_and_an_unknown_algorithm_is_not_answered()
    {
        var session = Session("realm=\"a\", qop=\"auth\", nonce=\"n\"");
        session.Authorize(new HopCredentials("a", "b"), "x:1", "c");
        Assert.Contains("nc=00000002", session.Authorize(new HopCredentials("a", "b"), "x:1", "c"));
        Assert.Null(DigestSession.From(Read("Digest realm=\"a\", nonce=\"n\", algorithm=SHA-512-256")));
        Assert.Null(DigestSession.From(Read("Digest realm=\"a\", nonce=\"n\", qop=\"auth-int\"")));
        Assert.Null(DigestSession.From(Read("Digest realm=\"a\"")));
    }

    [Fact]
    public void Quotes_backslashes_and_colons_are_carried()
    {
        var session = DigestSession.From(AuthenticationChallenge.Read(["Digest realm=\"a \\\"b\\\" \\\\ c\", nonce=\"n\", qop=\"auth\""])[0])!;
        var credentials = new HopCredentials("PLANT\\us\"er", "p:a\\ss\"word");
        var answer = session.Authorize(credentials, "far.example:443", "0123");
        var read = new ParameterReader(answer["Digest ".Length..]).Parameters();
        Assert.Equal(("PLANT\\us\"er", "a \"b\" \\ c"), (read["username"], read["realm"]));
#pragma warning disable CA5351 // what Digest without an algorithm means
        static string Hash(string text) => Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
        var first = Hash("PLANT\\us\"er:a \"b\" \\ c:p:a\\ss\"word");
        Assert.Equal(Hash($"{first}:n:00000001:0123:auth:{Hash("CONNECT:far.example:443")}"), read["response"]);
    }

    [Fact]
    public void Names_that_are_not_ASCII_and_hashed_names_are_written_as_the_standard_says()
    {
        Assert.Contains("username*=UTF-8''J%C3%A4s%C3%B8n%20Doe", Session("realm=\"a\", nonce=\"n\", charset=UTF-8").Authorize(new HopCredentials("Jäsøn Doe", "b"), "x:1", "c"));
        var hashed = Session("realm=\"a\", nonce=\"n\", algorithm=SHA-256, userhash=true").Authorize(new HopCredentials("u", "b"), "x:1", "c");
        Assert.Contains("userhash=true", hashed);
        Assert.DoesNotContain("username=\"u\"", hashed);
    }

    [Theory]
    [InlineData("Basic realm=\"a, b\", Digest realm=\"x\", nonce=\"n\\\"q\", NTLM, Negotiate TlRMTVNTUAABAAAA==", "basic digest ntlm negotiate")]
    [InlineData("NTLM", "ntlm")]
    [InlineData("Negotiate, NTLM, Basic realm=\"x\"", "negotiate ntlm basic")]
    [InlineData("NTLM TlRMTVNTUAACAAAADAAMADgAAAAFgomi", "ntlm")]
    [InlineData("", "")]
    [InlineData(",,,=\"\" realm", "realm")]
    public void Challenges_are_read_from_one_field(string field, string schemes)
    {
        var read = AuthenticationChallenge.Read([field]);
        Assert.Equal(schemes, string.Join(' ', read.Select(c => c.Scheme)));
    }

    [Fact]
    public void Parameters_and_tokens_are_read()
    {
        var read = AuthenticationChallenge.Read(["Basic realm=\"a, b\", Digest realm=\"x\" , nonce=\"n\\\"q\" ,stale=TRUE, Negotiate TlRMTVNTUAABAAAA=="]);
        Assert.Equal("a, b", read[0]["realm"]);
        Assert.Equal(("n\"q", "TRUE"), (read[1]["nonce"], read[1]["stale"]));
        Assert.Equal("TlRMTVNTUAABAAAA==", read[2].Token);
    }

    [Fact]
    public void Any_field_is_read_without_an_exception() => CsCheck.Check.Sample(
        CsCheck.Gen.String[CsCheck.Gen.OneOf(CsCheck.Gen.Char['\0', '\u00ff'], CsCheck.Gen.Const('"'), CsCheck.Gen.Const('='), CsCheck.Gen.Const(','), CsCheck.Gen.Const(' '), CsCheck.Gen.Const('a')), 0, 80],
        text => Assert.True(AuthenticationChallenge.Read([text]).Count <= 8), iter: 5000, seed: "0000KoIeYn21");

    private static AuthenticationChallenge Read(string field) => AuthenticationChallenge.Read([field]).Single();

    private static DigestSession Session(string parameters) => DigestSession.From(Read($"Digest {parameters}"))!;
}
