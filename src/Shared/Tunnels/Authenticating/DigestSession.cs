using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Tunnels;

/// <summary>One nonce of a Digest challenge (RFC 7616; without qop as RFC 2069 had it) and how often it was used. Safe for several dials at once: each gets a count of its own.</summary>
internal sealed class DigestSession
{
    private readonly string _realm;
    private readonly string _algorithm;
    private readonly string? _opaque;
    private readonly bool _qop;
    private readonly bool _hashName;
    private readonly string _nonce;
    private string? _sessionNonce;
    private int _count;

    private DigestSession(string realm, string nonce, string? opaque, string algorithm, bool qop, bool hashName) =>
        (_realm, _nonce, _opaque, _algorithm, _qop, _hashName) = (realm, nonce, opaque, algorithm, qop, hashName);

    /// <summary>How good the hash is; higher is stronger.</summary>
    public int Strength => _algorithm.StartsWith("SHA-256", StringComparison.OrdinalIgnoreCase) ? 2 : 1;

    public string Algorithm => _algorithm;

    /// <summary>A session for a challenge that we can answer; null for others (an unknown algorithm, or auth-int alone, which says nothing of a tunnel).</summary>
    public static DigestSession? From(AuthenticationChallenge challenge)
    {
        var algorithm = challenge["algorithm"] ?? "MD5";
        var known = algorithm.ToUpperInvariant() is "SHA-256" or "SHA-256-SESS" or "MD5" or "MD5-SESS";
        var qops = challenge["qop"]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (!known || challenge["nonce"] is not { Length: > 0 and <= 1024 } nonce || (qops is not null && !qops.Contains("auth", StringComparer.OrdinalIgnoreCase)))
        {
            return null;
        }

        return new DigestSession(
            challenge["realm"] ?? "", nonce, challenge["opaque"], algorithm, qops is not null,
            string.Equals(challenge["userhash"], "true", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The same with the nonce that the proxy wants next (Authentication-Info, RFC 7616, section 3.5).</summary>
    public DigestSession WithNonce(string nonce) => new(_realm, nonce, _opaque, _algorithm, _qop, _hashName);

    /// <summary>The value of Proxy-Authorization for one request.</summary>
    /// <param name="credentials">Name and password.</param>
    /// <param name="uri">The request target of CONNECT, host:port.</param>
    /// <param name="clientNonce">Random, different each time.</param>
    public string Authorize(HopCredentials credentials, string uri, string clientNonce)
    {
        var count = Interlocked.Increment(ref _count).ToString("x8", CultureInfo.InvariantCulture);
        var first = Hash($"{credentials.UserName}:{_realm}:{credentials.Password}");
        if (_algorithm.EndsWith("-sess", StringComparison.OrdinalIgnoreCase))
        {
            // The session key is made with the client nonce of the first request and kept (section 3.4.2).
            clientNonce = Interlocked.CompareExchange(ref _sessionNonce, clientNonce, null) ?? clientNonce;
            first = Hash($"{first}:{_nonce}:{clientNonce}");
        }

        var second = Hash($"CONNECT:{uri}");
        var response = _qop ? Hash($"{first}:{_nonce}:{count}:{clientNonce}:auth:{second}") : Hash($"{first}:{_nonce}:{second}");

        var text = new StringBuilder("Digest ");
        AppendName(text, credentials.UserName);
        text.Append(", realm=").Append(Quote(_realm)).Append(", nonce=").Append(Quote(_nonce)).Append(", uri=").Append(Quote(uri))
            .Append(", algorithm=").Append(_algorithm).Append(", response=\"").Append(response).Append('"');
        if (_qop)
        {
            text.Append(", qop=auth, nc=").Append(count).Append(", cnonce=\"").Append(clientNonce).Append('"');
        }

        if (_opaque is not null)
        {
            text.Append(", opaque=").Append(Quote(_opaque));
        }

        if (_hashName)
        {
            text.Append(", userhash=true");
        }

        return text.ToString();
    }

    private void AppendName(StringBuilder text, string name)
    {
        if (_hashName)
        {
            text.Append("username=\"").Append(Hash($"{name}:{_realm}")).Append('"');
        }
        else if (name.All(c => c is >= ' ' and <= '~'))
        {
            text.Append("username=").Append(Quote(name));
        }
        else
        {
            // Section 3.4.4: what is not ASCII goes as RFC 8187 writes it.
            text.Append("username*=UTF-8''").Append(Uri.EscapeDataString(name));
        }
    }

    private static string Quote(string value) => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

#pragma warning disable CA5351 // MD5 is what old proxies ask for; SHA-256 is taken wherever it is offered
    private string Hash(string text) => Convert.ToHexStringLower(
        Strength == 2 ? SHA256.HashData(Encoding.UTF8.GetBytes(text)) : MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
