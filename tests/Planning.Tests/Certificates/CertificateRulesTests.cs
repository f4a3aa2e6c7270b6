using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Planning.Tests;

public sealed class CertificateRulesTests
{
    private const string Good = "C=DE, O=Plant, OU=OT, CN=sensor-1.plant.example.com";
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    // Making a key takes longest: one of each size for all tests.
    private static readonly Lazy<RSA> Key2048 = new(() => RSA.Create(2048));
    private static readonly Lazy<RSA> Key1024 = new(() => RSA.Create(1024));

    [Fact]
    public void A_good_one_keeps_every_rule()
    {
        using var certificate = Make(Good, Key2048.Value, HashAlgorithmName.SHA256, "http://crl.plant.example.com:8080/ca.crl");

        Assert.All(CertificateRules.Check(certificate, Now, "sensor-1.plant.example.com"), f => Assert.True(f.IsKept, f.ToString()));
        Assert.Equal(["http://crl.plant.example.com:8080/ca.crl"], CertificateRules.CrlUrls(certificate));
    }

    [Theory]
    [InlineData("C=DE, O=Plant, OU=OT, CN=*.plant.example.com", "SHA256", 2048, null, 0, "common-name")]
    [InlineData("C=DE, O=Plant, OU=OT, CN=sensor", "SHA256", 2048, null, 0, "common-name")]
    [InlineData("O=Plant, OU=OT, CN=a.example.com", "SHA256", 2048, null, 0, "country")]
    [InlineData("C=DE, OU=OT, CN=a.example.com", "SHA256", 2048, null, 0, "organization")]
    [InlineData("C=DE, O=Plant, CN=a.example.com", "SHA256", 2048, null, 0, "organizational-unit")]
    [InlineData(Good, "SHA384", 2048, null, 0, "hash")]
    [InlineData(Good, "SHA256", 1024, null, 0, "key")]
    [InlineData(Good, "SHA256", 2048, "https://crl.example.com/x.crl", 0, "crl-url")]
    [InlineData(Good, "SHA256", 2048, null, 400, "valid-to")]
    [InlineData(Good, "SHA256", 2048, null, -400, "valid-from")]
    public void Each_rule_is_told_when_it_is_broken(string subject, string hash, int bits, string? crl, int days, string rule)
    {
        using var certificate = Make(subject, bits == 1024 ? Key1024.Value : Key2048.Value, new HashAlgorithmName(hash), crl);

        Assert.Equal([rule], CertificateRules.Check(certificate, Now.AddDays(days)).Where(f => !f.IsKept).Select(f => f.Rule));
    }

    [Fact]
    public void Another_appliances_name_and_another_kind_of_key_are_told()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest(Good, key, HashAlgorithmName.SHA256).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));

        Assert.Equal(["key", "hash", "common-name"], CertificateRules.Check(certificate, Now, "sensor-2.plant.example.com").Where(f => !f.IsKept).Select(f => f.Rule));
    }

    private static X509Certificate2 Make(string subject, RSA key, HashAlgorithmName hash, string? crl)
    {
        var request = new CertificateRequest(subject, key, hash, RSASignaturePadding.Pkcs1);
        if (crl is not null)
        {
            request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([crl]));
        }

        return request.CreateSelfSigned(Now.AddDays(-30), Now.AddDays(365));
    }
}
