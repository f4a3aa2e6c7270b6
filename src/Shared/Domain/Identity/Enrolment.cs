namespace Culvert;

/// <summary>What a sensor sends to buy its client certificate.</summary>
/// <param name="Token">The one-time token of the activation file; null at renewal, where mutual TLS proves who asks.</param>
/// <param name="CertificateRequestPem">PKCS #10 request (RFC 2986), PEM, signed with the sensor's own new key.</param>
/// <param name="SensorTime">The sensor's clock at sending.</param>
public sealed record EnrolmentRequest(string? Token, string CertificateRequestPem, DateTimeOffset SensorTime);

/// <summary>The certificate that was issued.</summary>
/// <param name="CertificatePem">The client certificate, and the issuing CA after it.</param>
/// <param name="CloudTime">The cloud's clock.</param>
public sealed record EnrolmentAnswer(string CertificatePem, DateTimeOffset CloudTime);
