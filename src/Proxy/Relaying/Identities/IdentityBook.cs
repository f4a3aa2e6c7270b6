using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Relaying;

/// <summary>Finds out who asks. Hashing is dear by design, so what was verified is remembered, and only few hashes run at a time: many wrong passwords must not take the processor from the tunnels.</summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for has nothing to dispose of.
internal sealed class IdentityBook(IReadOnlyList<ClientIdentity> identities)
#pragma warning restore CA1001
{
    private const int MaxRemembered = 4096;
    private const int MaxWaiting = 64;
    private static readonly Lazy<PasswordHash> Nobody = new(() => PasswordHash.Create("nobody"));
    // Made when the first password comes: a proxy without identities never loads the cryptographic library.
    private readonly Lazy<byte[]> _key = new(() => RandomNumberGenerator.GetBytes(32));
    private readonly ConcurrentDictionary<string, ClientIdentity?> _verified = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _hashing = new(1);
    private int _waiting;

    /// <summary>Whether anybody must say who he is.</summary>
    public bool Required => identities.Count > 0;

    /// <summary>The identity, or why there is none; both null where none is required.</summary>
    public ValueTask<(ClientIdentity? Identity, Refusal? Refusal)> IdentifyAsync(string? authorization, string? certificateSha256, CancellationToken cancellationToken)
    {
        if (!Required)
        {
            return new(default((ClientIdentity?, Refusal?)));
        }

        if (certificateSha256 is not null && identities.FirstOrDefault(i => i.CertificateSha256 == certificateSha256) is { } shown)
        {
            return new((shown, null));
        }

        if (authorization is null)
        {
            return new((null, Refusal.Unauthenticated("credentials are required")));
        }

        // The key of the memory is a keyed hash: no password stays in memory longer than its request.
        var mark = Convert.ToBase64String(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes(authorization)));
        if (_verified.TryGetValue(mark, out var known))
        {
            return new(known is null ? (null, Wrong()) : (known, null));
        }

        return VerifyAsync(authorization, mark, cancellationToken);
    }

    private static Refusal Wrong() => Refusal.Unauthenticated("the credentials are wrong");

    private async ValueTask<(ClientIdentity? Identity, Refusal? Refusal)> VerifyAsync(string authorization, string mark, CancellationToken cancellationToken)
    {
        if (!authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) || Decode(authorization[6..].Trim()) is not { } text)
        {
            return (null, Refusal.Unauthenticated("the credentials are not of the scheme Basic"));
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return (null, Wrong());
        }

        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return (null, Refusal.Unavailable("connection_limit_reached", "too many credentials are being verified"));
        }

        await _hashing.WaitAsync(cancellationToken);
        try
        {
            if (!_verified.TryGetValue(mark, out var verified))
            {
                var (name, password) = (text[..colon], text[(colon + 1)..]);
                var named = identities.FirstOrDefault(i => i.Name == name && i.PasswordHash is not null);
                // A name that is not known costs as much time as one that is, so that names cannot be found out.
                var matches = await Task.Run(() => (named?.PasswordHash ?? Nobody.Value).Matches(password), cancellationToken);
                verified = matches ? named : null;
                if (_verified.Count >= MaxRemembered)
                {
                    _verified.Clear();
                }

                _verified[mark] = verified;
            }

            return verified is null ? (null, Wrong()) : (verified, null);
        }
        finally
        {
            _hashing.Release();
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static string? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
