using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Tunnels;

/// <summary>Watches the verification of a peer's certificate and remembers why it was refused. It can refuse more than the chain engine does (pins), never less.</summary>
internal sealed class TlsWitness(TimeProvider clock, IReadOnlyList<string> pins)
{
    public TlsFault Fault { get; private set; }

    public string? Evidence { get; private set; }

    /// <summary>When the first certificate of the chain that was shown ends; null before a certificate came.</summary>
    public DateTimeOffset? EndsAt { get; private set; }

    /// <summary>When the leaf begins; null before a certificate came.</summary>
    public DateTimeOffset? BeginsAt { get; private set; }

    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 seen)
        {
            (Fault, Evidence) = (TlsFault.Failed, "the peer sent no certificate");
            return false;
        }

        var now = clock.GetUtcNow();
        (BeginsAt, EndsAt) = (Begin(seen), End(seen));
        // An intermediate may end before the leaf does.
        foreach (var element in chain?.ChainElements.Select(e => e.Certificate).Prepend(seen) ?? [seen])
        {
            EndsAt = EndsAt < End(element) ? EndsAt : End(element);
            if (now > End(element))
            {
                (Fault, Evidence) = (TlsFault.Expired, $"{Describe(element)} ended {End(element):u}; our clock says {now:u}");
                return false;
            }

            if (now < Begin(element))
            {
                (Fault, Evidence) = (TlsFault.NotYetValid, $"{Describe(element)} begins {Begin(element):u}; our clock says {now:u}, at least {Begin(element) - now:d\\.hh\\:mm\\:ss} behind");
                return false;
            }
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            var statuses = chain?.ChainStatus.Select(s => s.Status).ToArray() ?? [];
            var foreign = !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && seen.Issuer != seen.Subject
                && statuses.Any(s => s is X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain);
            Fault = foreign ? TlsFault.ForeignIssuer : TlsFault.Untrusted;
            Evidence = $"{Describe(seen)}; chain: {string.Join(", ", statuses)}";
            return false;
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            (Fault, Evidence) = (TlsFault.WrongName, $"{Describe(seen)} is for {string.Join(", ", NamesOf(seen))}");
            return false;
        }

        if (errors != SslPolicyErrors.None)
        {
            (Fault, Evidence) = (TlsFault.Failed, errors.ToString());
            return false;
        }

        if (pins.Count > 0)
        {
            var pin = Convert.ToBase64String(SHA256.HashData(seen.PublicKey.ExportSubjectPublicKeyInfo()));
            if (!pins.Contains(pin))
            {
                (Fault, Evidence) = (TlsFault.PinMismatch, $"{Describe(seen)} has the pin {pin}");
                return false;
            }
        }

        var days = (EndsAt.Value - now).TotalDays;
        Evidence = string.Create(CultureInfo.InvariantCulture, $"{Describe(seen)}, {days:0} days left");
        return true;
    }

    private static DateTimeOffset Begin(X509Certificate2 certificate) => new(certificate.NotBefore.ToUniversalTime());

    private static DateTimeOffset End(X509Certificate2 certificate) => new(certificate.NotAfter.ToUniversalTime());

    private static string Describe(X509Certificate2 certificate) => $"certificate '{certificate.Subject}' issued by '{certificate.Issuer}'";

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate)
    {
        var alternative = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return alternative is null
            ? [certificate.GetNameInfo(X509NameType.DnsName, false)]
            : alternative.EnumerateDnsNames().Concat(alternative.EnumerateIPAddresses().Select(a => a.ToString())).Take(8);
    }
}
