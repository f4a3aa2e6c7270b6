using System.CommandLine;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Planning;
using Spectre.Console;

namespace Culvert.Cli;

/// <summary><c>culvert certificate check FILE</c>: whether a certificate for an appliance keeps the rules, before it is uploaded.</summary>
internal static class CertificateCommand
{
    private const int MaxFileBytes = 256 * 1024;
    private const int MaxCrlBytes = 32 * 1024 * 1024;
    private static readonly TimeSpan CrlLimit = TimeSpan.FromSeconds(15);

    public static Command Create(Output output, TimeProvider clock)
    {
        var file = new Argument<string>("FILE") { Description = "The certificate, PEM or DER." };
        var host = new Option<string?>("--host") { Description = "The appliance's name, which the certificate must bear.", HelpName = "FQDN" };
        var key = new Option<string?>("--key") { Description = "The private key (PEM, without passphrase), which must fit.", HelpName = "FILE" };
        var chain = new Option<string?>("--chain") { Description = "The certificates of the authorities that signed it (PEM).", HelpName = "FILE" };
        var offline = new Option<bool>("--offline") { Description = "Do not fetch the CRL." };
        var check = new Command("check", "Checks a certificate for an appliance: key, hash, names, dates, chain, and whether its CRL can be fetched. Exit status 1 when a rule is broken.") { file, host, key, chain, offline };
        check.SetAction((parsed, cancellation) => CheckAsync(parsed.GetRequiredValue(file), parsed.GetValue(host), parsed.GetValue(key), parsed.GetValue(chain), parsed.GetValue(offline), output, clock, cancellation));
        return new Command("certificate", "Works with certificates of appliances.") { check };
    }

    private static async Task<int> CheckAsync(string path, string? host, string? keyPath, string? chainPath, bool isOffline, Output output, TimeProvider clock, CancellationToken cancellation)
    {
        if (BoundedFile.Read(path, MaxFileBytes, output) is not { } bytes)
        {
            return ExitCode.BadFile;
        }

        X509Certificate2 certificate;
        try
        {
            certificate = bytes.AsSpan().IndexOf("-----BEGIN CERTIFICATE"u8) >= 0 ? X509Certificate2.CreateFromPem(System.Text.Encoding.UTF8.GetString(bytes)) : X509CertificateLoader.LoadCertificate(bytes);
        }
        catch (CryptographicException e)
        {
            output.Complain($"{path} is no certificate: {e.Message}");
            return ExitCode.BadFile;
        }

        using (certificate)
        {
            var findings = CertificateRules.Check(certificate, clock.GetUtcNow(), host).ToList();
            if (keyPath is not null && KeyFinding(certificate, keyPath, output) is { } ofKey)
            {
                findings.Add(ofKey);
            }

            if (chainPath is not null && ChainFinding(certificate, chainPath, clock, output) is { } ofChain)
            {
                findings.Add(ofChain);
            }

            foreach (var url in isOffline ? [] : CertificateRules.CrlUrls(certificate).Where(u => u.StartsWith("http://", StringComparison.OrdinalIgnoreCase)))
            {
                findings.Add(await CrlFindingAsync(certificate, url, clock, cancellation));
            }

            foreach (var finding in findings)
            {
                output.Marked($"{(finding.IsKept ? "[green]kept[/]  " : "[red]broken[/]")} {Markup.Escape(finding.Rule)}: {Markup.Escape(finding.Found)}{(finding.IsKept ? "" : $"; expected {Markup.Escape(finding.Expected)}")}");
            }

            var broken = findings.Count(f => !f.IsKept);
            output.Line(broken == 0 ? $"{path} keeps all rules." : string.Create(CultureInfo.InvariantCulture, $"{path} breaks {broken} {(broken == 1 ? "rule" : "rules")}."));
            return broken == 0 ? ExitCode.Fine : ExitCode.Found;
        }
    }

    private static CertificateFinding? KeyFinding(X509Certificate2 certificate, string keyPath, Output output)
    {
        if (BoundedFile.ReadText(keyPath, MaxFileBytes, output) is not { } pem)
        {
            return new CertificateFinding("private-key", false, "no readable file", "the key that fits the certificate");
        }

        try
        {
            using var both = X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), pem);
            return new CertificateFinding("private-key", true, "fits the certificate", "");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return new CertificateFinding("private-key", false, e.Message, "the key that fits the certificate, PEM without passphrase");
        }
    }

    private static CertificateFinding ChainFinding(X509Certificate2 certificate, string chainPath, TimeProvider clock, Output output)
    {
        if (BoundedFile.ReadText(chainPath, MaxFileBytes, output) is not { } pem)
        {
            return new CertificateFinding("chain", false, "no readable file", "the authorities' certificates");
        }

        using var chain = new X509Chain();
        try
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.ImportFromPem(pem);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
            var isGood = chain.Build(certificate);
            return new CertificateFinding("chain", isGood, isGood ? "leads to the authority given" : string.Join("; ", chain.ChainStatus.Select(s => s.StatusInformation.Trim())), "a chain to the authority given");
        }
        catch (CryptographicException e)
        {
            return new CertificateFinding("chain", false, e.Message, "the authorities' certificates, PEM");
        }
    }

    private static async Task<CertificateFinding> CrlFindingAsync(X509Certificate2 certificate, string url, TimeProvider clock, CancellationToken cancellation)
    {
        const string expected = "a CRL that can be fetched from here, as the appliance does once on upload";
        try
        {
            using var limit = new CancellationTokenSource(CrlLimit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            using var client = new HttpClient { MaxResponseContentBufferSize = MaxCrlBytes };
            var content = await client.GetByteArrayAsync(new Uri(url), either.Token);
            var text = content.AsSpan().StartsWith("-----BEGIN"u8) ? System.Text.Encoding.ASCII.GetString(content) : null;
            var list = text is null ? CertificateRevocationListBuilder.Load(content, out BigInteger _) : CertificateRevocationListBuilder.LoadPem(text, out BigInteger _);
            var isRevoked = list.RemoveEntry(certificate.SerialNumberBytes.Span);
            return new CertificateFinding("crl", !isRevoked, isRevoked ? $"revoked by {url}" : $"fetched from {url}, not revoked", "a certificate that is not revoked");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new CertificateFinding("crl", false, $"{url} did not answer within {CrlLimit.TotalSeconds:0} s", expected);
        }
        catch (HttpRequestException e)
        {
            return new CertificateFinding("crl", false, $"{url}: {e.Message}", expected);
        }
        catch (CryptographicException e)
        {
            return new CertificateFinding("crl", false, $"{url} is no CRL: {e.Message}", expected);
        }
    }
}
