using System.Security.Cryptography;
using System.Text;

namespace Culvert.PortalHost;

/// <summary>Random secrets of 256 bits, and the hashes that are stored in their stead. So much randomness needs no slow hash.</summary>
internal static class Secrets
{
    /// <summary>A new secret in letters, digits, '-' and '_'.</summary>
    public static string Make() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>SHA-256 of a secret.</summary>
    /// <param name="secret">The secret.</param>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
