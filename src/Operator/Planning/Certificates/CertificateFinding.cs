namespace Culvert.Planning;

/// <summary>A rule for an appliance's certificate, and whether this one keeps it.</summary>
/// <param name="Rule">The rule, a short word.</param>
/// <param name="IsKept">Whether it is kept.</param>
/// <param name="Found">What the certificate says.</param>
/// <param name="Expected">What is expected.</param>
public sealed record CertificateFinding(string Rule, bool IsKept, string Found, string Expected);
