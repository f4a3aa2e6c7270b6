using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Relaying;

/// <summary>A salted hash of a password, PBKDF2 with SHA-256 (RFC 8018), written <c>pbkdf2-sha256$ITERATIONS$SALT$HASH</c> with base64.</summary>
public sealed class PasswordHash
{
    /// <summary>Iterations of new hashes (OWASP, 2023).</summary>
    public const int DefaultIterations = 600_000;

    /// <summary>Fewer are refused: too quick to guess.</summary>
    public const int MinIterations = 10_000;

    private const int MaxIterations = 10_000_000;
    private const int Length = 32;
    private const string Scheme = "pbkdf2-sha256";
    private readonly int _iterations;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash) => (_iterations, _salt, _hash) = (iterations, salt, hash);

    /// <summary>How many iterations it costs to try a password.</summary>
    public int Iterations => _iterations;

    /// <summary>Hashes a password with a new salt.</summary>
    public static PasswordHash Create(string password, int iterations = DefaultIterations)
    {
        ArgumentException.ThrowIfNullOrEmpty(password);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, MinIterations);
        var salt = RandomNumberGenerator.GetBytes(16);
        return new PasswordHash(iterations, salt, Derive(password, salt, iterations));
    }

    /// <summary>Reads the written form.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PasswordHash? hash)
    {
        hash = null;
        var parts = text?.Split('$') ?? [];
        if (parts.Length != 4 || parts[0] != Scheme
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < MinIterations or > MaxIterations)
        {
            return false;
        }

        var salt = new byte[64];
        var value = new byte[Length];
        if (!Convert.TryFromBase64String(parts[2], salt, out var saltLength) || saltLength < 8
            || !Convert.TryFromBase64String(parts[3], value, out var length) || length != Length)
        {
            return false;
        }

        hash = new PasswordHash(iterations, salt[..saltLength], value);
        return true;
    }

    /// <summary>Whether this is the password; takes as long either way.</summary>
    public bool Matches(string password) => CryptographicOperations.FixedTimeEquals(Derive(password, _salt, _iterations), _hash);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}${_iterations}${Convert.ToBase64String(_salt)}${Convert.ToBase64String(_hash)}");

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, Length);
}
