using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Culvert.SensorHost;

/// <summary>Whether an activation says all that a sensor needs. A good signature alone does not make it complete: it may be of a portal that is older, newer, or not ours.</summary>
internal static class ActivationCheck
{
    /// <summary>What is missing or cannot be used, all at once, each with its field; empty for an activation that is complete.</summary>
    /// <param name="activation">What was read; any field may be null, whatever its type promises.</param>
    /// <param name="withToken">Whether it must hold an enrolment token; the one that a sensor keeps has none any more.</param>
    public static IReadOnlyList<string> Mistakes(ActivationContent activation, bool withToken)
    {
        var mistakes = new List<string>();
        Expect(mistakes, "sensor", SensorId.IsValid(activation.Sensor ?? ""), $"\"{activation.Sensor}\" is no sensor's name");
        Expect(mistakes, "type", Enum.IsDefined(activation.Type), "is unknown");
        Expect(mistakes, "mode", Enum.IsDefined(activation.Mode), "is unknown");
        Expect(mistakes, "site", !string.IsNullOrWhiteSpace(activation.Site), "is missing");
        Expect(mistakes, "zone", !string.IsNullOrWhiteSpace(activation.Zone), "is missing");
        CheckEndpoints(mistakes, activation.Endpoints);
        Expect(mistakes, "trustPem", HoldsCertificate(activation.TrustPem), "holds no CA certificate");
        Expect(mistakes, "packageSigningKeyPem", HoldsKey(activation.PackageSigningKeyPem), "holds no public key");
        Expect(mistakes, "enrolmentToken", !withToken || !string.IsNullOrWhiteSpace(activation.EnrolmentToken), "is missing");
        Expect(mistakes, "expiresAt", activation.ExpiresAt > activation.IssuedAt, "is not after issuedAt");
        return mistakes;
    }

    private static void CheckEndpoints(List<string> mistakes, IReadOnlyList<CloudEndpointEntry?>? endpoints)
    {
        var given = new HashSet<CloudService>();
        for (var i = 0; i < (endpoints?.Count ?? 0); i++)
        {
            if (endpoints![i] is not { } entry || !Enum.IsDefined(entry.Service))
            {
                mistakes.Add($"endpoints[{i}] is no endpoint of a service that this sensor knows");
                continue;
            }

            Expect(mistakes, $"endpoints[{i}]", given.Add(entry.Service), $"is a second one for {Name(entry.Service)}");
            try
            {
                _ = (entry with { Host = entry.Host ?? "" }).ToEndpoint();
            }
            catch (FormatException e)
            {
                mistakes.Add($"endpoints[{i}]: {e.Message.TrimEnd('.')}");
            }
        }

        var missing = Enum.GetValues<CloudService>().Except(given).Select(Name).ToList();
        Expect(mistakes, "endpoints", missing.Count == 0, $"has none for {string.Join(", ", missing)}");
    }

    private static void Expect(List<string> mistakes, string field, bool well, string otherwise)
    {
        if (!well)
        {
            mistakes.Add($"{field} {otherwise}");
        }
    }

    private static string Name(CloudService service) => JsonNamingPolicy.CamelCase.ConvertName(service.ToString());

    private static bool HoldsCertificate(string? pem)
    {
        try
        {
            var trust = new X509Certificate2Collection();
            trust.ImportFromPem(pem);
            return trust.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool HoldsKey(string? pem)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(pem);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
