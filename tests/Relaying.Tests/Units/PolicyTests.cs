using System.Net;

namespace Culvert.Relaying.Tests.Units;

public sealed class PolicyTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:7f00:1::")]
    [InlineData("100.100.100.200")]
    [InlineData("192.0.0.192")]
    [InlineData("198.18.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::0.0.0.5")]
    [InlineData("::ffff:0:10.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2001::1")]
    [InlineData("2a01:1::5efe:10.0.0.1")]
    [InlineData("2a01:1::200:5efe:192.168.0.1")]
    [InlineData("100::1")]
    public void Special_addresses_are_refused_in_every_disguise(string address) =>
        Assert.False(new AddressGuard([]).Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("198.51.100.10")]
    [InlineData("20.50.60.70")]
    [InlineData("2603:1020::1")]
    [InlineData("64:ff9b::198.51.100.10")]
    [InlineData("2002:c633:640a::")]
    public void Others_are_allowed(string address) => Assert.True(new AddressGuard([]).Allows(IPAddress.Parse(address)));

    [Fact]
    public void A_special_address_is_allowed_when_it_is_listed()
    {
        var guard = new AddressGuard([IPNetwork.Parse("10.30.35.5/32")]);
        Assert.True(guard.Allows(IPAddress.Parse("10.30.35.5")));
        Assert.True(guard.Allows(IPAddress.Parse("::ffff:10.30.35.5")));
        Assert.False(guard.Allows(IPAddress.Parse("10.30.35.6")));
    }

    [Fact]
    public void Via_is_read_with_its_levels()
    {
        var via = ViaEntry.Read("1.0 fred, 1.1 plant (level 3), HTTP/1.1 dmz:3128 (Squid, 5.7),, 1.1 x (level 9)");
        Assert.Equal(["fred", "plant", "dmz:3128", "x"], via.Select(v => v.ReceivedBy));
        Assert.Equal([null, PurdueLevel.Parse("3"), null, null], via.Select(v => v.Level));
        Assert.Equal("1.1 a, 1.1 b (level 3.5)", ViaEntry.Append("1.1 a", "b", PurdueLevel.IndustrialDmz));
        Assert.Equal(ViaEntry.MaxEntries, ViaEntry.Read(string.Join(',', Enumerable.Repeat("1.1 a", 1000))).Count);
    }

    [Fact]
    public void A_password_matches_its_own_hash_alone()
    {
        var hash = PasswordHash.Create("correct", PasswordHash.MinIterations);
        Assert.True(PasswordHash.TryParse(hash.ToString(), out var read));
        Assert.True(read.Matches("correct"));
        Assert.False(read.Matches("Correct"));
        Assert.NotEqual(hash.ToString(), PasswordHash.Create("correct", PasswordHash.MinIterations).ToString());
        Assert.False(PasswordHash.TryParse("pbkdf2-sha256$100$AAAAAAAAAAAAAAAAAAAAAA==$AAAA", out _));
        Assert.False(PasswordHash.TryParse("correct", out _));
    }
}
