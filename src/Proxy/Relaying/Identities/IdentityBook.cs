using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Relaying;

/// <summary>Finds out who asks. Hashing is dear by design, so what was verified is remembered, and only one hash runs at a time: many wrong passwords must take neither the processor from the tunnels nor the turn from those who know theirs.</summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for has nothing to dispose of.
internal sealed class IdentityBook(IReadOnlyList<ClientIdentity> identities, TimeProvider clock)
#pragma warning restore CA1001
{
    private const int MaxWrong = 4096;
    private const int MaxWaiting = 64;
    private const int MaxWaitingOfSource = 32;

    // A name that is not known must cost as much time as one that is, so that names cannot be found out.
    private readonly Lazy<PasswordHash> _nobody = new(() => PasswordHash.Create("nobody", identities.Max(i => i.PasswordHash?.Iterations ?? PasswordHash.MinIterations)));

    // Made when the first password comes: a proxy without identities never loads the cryptographic library.
    private readonly Lazy<byte[]> _key = new(() => RandomNumberGenerator.GetBytes(32));

    // Apart, so that no number of wrong passwords drives out those that were found right; an identity has one right password, so there are few.
    private readonly ConcurrentDictionary<string, ClientIdentity> _right = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _wrong = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _hashing = new(1);
    private readonly GuessLimit _guesses = new(clock);
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _waiting = [];
    private int _allWaiting;

    /// <summary>Whether anybody must say who he is.</summary>
    public bool Required => identities.Count > 0;

    private bool ByPassword { get; } = identities.Any(i => i.PasswordHash is not null);

    /// <summary>The identity, or why there is none; both null where none is required.</summary>
    /// <param name="authorization">The value of Proxy-Authorization; null when none came.</param>
    /// <param name="client">The client's leg, with its address and certificate.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<(ClientIdentity? Identity, Refusal? Refusal)> IdentifyAsync(string? authorization, Leg client, CancellationToken cancellationToken)
    {
        if (!Required)
        {
            return new(default((ClientIdentity?, Refusal?)));
        }

        if (client.CertificateSha256 is { } shown && identities.FirstOrDefault(i => i.CertificateSha256 == shown) is { } known)
        {
            return new((known, null));
        }

        if (!ByPassword)
        {
            return new((null, Refusal.CertificateRefused(client.CertificateSha256 is null
                ? "a client certificate is required, and none was shown"
                : "the client certificate belongs to no identity")));
        }

        if (authorization is null)
        {
            return new((null, Refusal.Unauthenticated("credentials are required")));
        }

        if (!authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) || Decode(authorization[6..].Trim()) is not { } text || !text.Contains(':', StringComparison.Ordinal))
        {
            return new((null, Refusal.Unauthenticated("the credentials are not of the scheme Basic")));
        }

        // The key of the memory is a keyed hash: no password stays in memory longer than its request.
        var mark = Convert.ToBase64String(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes(text)));
        return _right.TryGetValue(mark, out var right) ? new((right, null))
            : _wrong.ContainsKey(mark) ? new((null, Wrong()))
            : _guesses.WaitOf(client.Peer.Address) is { } wait ? new((null, Refusal.TooManyGuesses(wait)))
            : VerifyAsync(text, mark, client.Peer.Address, cancellationToken);
    }

    private static Refusal Wrong() => Refusal.Unauthenticated("the credentials are wrong");

    private async ValueTask<(ClientIdentity? Identity, Refusal? Refusal)> VerifyAsync(string text, string mark, IPAddress source, CancellationToken cancellationToken)
    {
        if (!BeginWait(source))
        {
            return (null, Refusal.Unavailable("connection_limit_reached", "too many credentials are being verified"));
        }

        try
        {
            await _hashing.WaitAsync(cancellationToken);
        }
        catch
        {
            EndWait(source);
            throw;
        }

        try
        {
            // Another connection with the same credentials may have been first, and others may have used up the source's guesses.
            if (_right.TryGetValue(mark, out var right))
            {
                return (right, null);
            }

            if (_wrong.ContainsKey(mark))
            {
                return (null, Wrong());
            }

            if (_guesses.WaitOf(source) is { } wait)
            {
                return (null, Refusal.TooManyGuesses(wait));
            }

            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var (name, password) = (text[..colon], text[(colon + 1)..]);
            var named = identities.FirstOrDefault(i => i.Name == name && i.PasswordHash is not null);
            var hash = named?.PasswordHash ?? _nobody.Value;
            var matches = await Task.Run(() => hash.Matches(password), cancellationToken);
            if (named is not null && matches)
            {
                _right[mark] = named;
                return (named, null);
            }

            if (_wrong.Count >= MaxWrong)
            {
                _wrong.Clear();
            }

            _wrong[mark] = true;
            _guesses.Count(source);
            return (null, Wrong());
        }
        finally
        {
            _hashing.Release();
            EndWait(source);
        }
    }

    private bool BeginWait(IPAddress source)
    {
        lock (_gate)
        {
            var own = _waiting.GetValueOrDefault(source);
            if (_allWaiting >= MaxWaiting || own >= MaxWaitingOfSource)
            {
                return false;
            }

            (_allWaiting, _waiting[source]) = (_allWaiting + 1, own + 1);
            return true;
        }
    }

    private void EndWait(IPAddress source)
    {
        lock (_gate)
        {
            _allWaiting--;
            if (--_waiting[source] is var left && left > 0)
            {
                return;
            }

            _waiting.Remove(source);
        }
    }

    private static string? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
