using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Tunnels;

/// <summary>Reads certificates and keys from PEM files, anew at each call so that a renewed file is used at the next dial.</summary>
public static class PemFiles
{
    /// <summary>The CA certificates of a file.</summary>
    /// <exception cref="FormatException">It holds none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static X509Certificate2Collection ReadTrust(string file)
    {
        var trust = new X509Certificate2Collection();
        trust.ImportFromPem(File.ReadAllText(file));
        return trust.Count > 0 ? trust : throw new FormatException($"{file} holds no certificate in PEM form.");
    }

    /// <summary>A certificate with its key and intermediates, ready to be shown to a server.</summary>
    /// <exception cref="CryptographicException">The files do not fit together.</exception>
    /// <exception cref="FormatException">The certificate file holds none, or the key can be read by others.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SslStreamCertificateContext ReadIdentity(ClientCertificateFiles files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (SecretFile.Remedy(files.KeyFile) is { } remedy)
        {
            throw new FormatException($"{files.KeyFile} {remedy}");
        }

        var all = ReadTrust(files.CertificateFile);
        using var key = X509Certificate2.CreateFromPemFile(files.CertificateFile, files.KeyFile);
        // A key made from PEM is ephemeral; a round trip through PKCS #12 makes it usable by every TLS library.
        var leaf = X509CertificateLoader.LoadPkcs12(key.Export(X509ContentType.Pkcs12), null);
        return SslStreamCertificateContext.Create(leaf, [.. all.Skip(1)], offline: true);
    }
}
