using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;

namespace Culvert.Tunnels;

/// <summary>
/// One handshake of NTLM or Negotiate (RFC 4559). The system's Kerberos library asks its KDC over the network in a call that can't be stopped, so each step runs on a thread of its own,
/// within the deadline of whoever waits: a KDC that is silent costs the dial its deadline and not the library's.
/// </summary>
internal sealed class Negotiation : IDisposable
{
    private const int MaxToken = 64 * 1024;

    // Calls that hang in the library, in all: each holds a thread until the library gives up.
    private static readonly SemaphoreSlim Calls = new(8);

    private readonly Lock _gate = new();
    private readonly Mechanism _mechanism;
    private readonly NegotiateAuthenticationClientOptions _options;
    private NegotiateAuthentication? _authentication;
    private bool _busy;
    private bool _disposed;

    // Debian's GSS-API has no NTLM mechanism, so .NET's own is used; with it .NET's "Negotiate" is NTLM alone, and Kerberos is asked for by its own name.
    static Negotiation() => AppContext.SetSwitch("System.Net.Security.UseManagedNtlm", true);

    /// <summary>Begins one. Without credentials of the hop, the process's own ticket is used.</summary>
    public Negotiation(Mechanism mechanism, Hop hop)
    {
        _mechanism = mechanism;
        var service = $"HTTP/{hop.Trust.ServerName ?? hop.Address.Host}";
        WaitsFor = mechanism == Mechanism.Kerberos ? $"the KDC that gives tickets for {service}" : null;
        _options = new NegotiateAuthenticationClientOptions
        {
            Package = mechanism switch { Mechanism.Kerberos => "Kerberos", Mechanism.Ntlm => "NTLM", _ => "Negotiate" },
            Credential = hop.Credentials is { } credentials ? Account(credentials) : CredentialCache.DefaultNetworkCredentials,
            TargetName = service,
        };
    }

    /// <summary>Who else must answer; null when nobody.</summary>
    public string? WaitsFor { get; }

    /// <summary>The next token to send, base64; else why there is none, and whether it is for want of good credentials.</summary>
    /// <exception cref="OperationCanceledException">The library did not come back in time.</exception>
    public async ValueTask<(string? Token, bool NoCredentials, string? Mistake)> NextAsync(string? token, CancellationToken cancellationToken)
    {
        if (token is { Length: > MaxToken })
        {
            return (null, false, "its token is longer than 64 KiB");
        }

        if (_mechanism == Mechanism.Kerberos)
        {
            await Calls.WaitAsync(cancellationToken);
        }

        _busy = true;
        return await Task.Run(() => Step(token), CancellationToken.None).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            // What the library still works on is released when it comes back.
            _disposed = true;
            if (!_busy)
            {
                _authentication?.Dispose();
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A GSS-API library that is missing or broken says so in several exceptions; the next scheme is tried then.")]
    private (string? Token, bool NoCredentials, string? Mistake) Step(string? token)
    {
        try
        {
            _authentication ??= new NegotiateAuthentication(_options);
            var blob = _authentication.GetOutgoingBlob(token is null ? null : NtlmChallenge.Complete(Convert.FromBase64String(token)), out var status);
            return blob is { Length: > 0 } && status is NegotiateAuthenticationStatusCode.Completed or NegotiateAuthenticationStatusCode.ContinueNeeded
                ? (Convert.ToBase64String(_mechanism == Mechanism.Kerberos ? Spnego.OfferKerberos(blob) : blob), false, null)
                : (null, status is NegotiateAuthenticationStatusCode.UnknownCredentials or NegotiateAuthenticationStatusCode.InvalidCredentials, status.ToString());
        }
        // A challenge is a stranger's bytes, and what .NET and the system's library throw at it is not said anywhere.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (null, false, e.Message);
        }
        finally
        {
            Done();
        }
    }

    private void Done()
    {
        if (_mechanism == Mechanism.Kerberos)
        {
            Calls.Release();
        }

        lock (_gate)
        {
            _busy = false;
            if (_disposed)
            {
                _authentication?.Dispose();
            }
        }
    }

    // DOMAIN\user is how such accounts are written; user@REALM goes as it is.
    private static NetworkCredential Account(HopCredentials credentials)
    {
        var parts = credentials.UserName.Split('\\', 2);
        return parts.Length == 2 ? new NetworkCredential(parts[1], credentials.Password, parts[0]) : new NetworkCredential(credentials.UserName, credentials.Password);
    }
}
