namespace Culvert;

/// <summary>Files of a certificate with its private key, both PEM.</summary>
/// <param name="CertificateFile">The certificate, with intermediates after it where there are any.</param>
/// <param name="KeyFile">The private key; must not be readable by group or others.</param>
public sealed record ClientCertificateFiles(string CertificateFile, string KeyFile);
