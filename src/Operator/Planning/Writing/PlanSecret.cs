namespace Culvert.Planning;

/// <summary>A secret that a file of a plan needs and never holds.</summary>
/// <param name="Purpose">What it is for, for people.</param>
/// <param name="Place">Where the site file says that it is kept.</param>
/// <param name="Token">What stands in the file in its place and is replaced on installation; null where the program reads <paramref name="Place"/> itself.</param>
/// <param name="Form">The form in which it replaces the token.</param>
public sealed record PlanSecret(string Purpose, SecretReference Place, string? Token, PlanSecretForm Form = PlanSecretForm.Plain);

/// <summary>Forms of a secret in a file.</summary>
public enum PlanSecretForm
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>With every character but letters and digits written as %XX (RFC 3986).</summary>
    PercentEncoded,

    /// <summary>What <c>culvert-proxy hash-password</c> makes of it.</summary>
    Hash,
}
