namespace Culvert;

/// <summary>A name and password for one hop. Never printed: <see cref="ToString"/> hides the password.</summary>
/// <param name="UserName">Any characters; Basic cannot carry a colon in it (RFC 7617, section 2).</param>
/// <param name="Password">Any characters.</param>
public sealed record HopCredentials(string UserName, string Password)
{
    /// <inheritdoc/>
    public override string ToString() => $"{UserName}:***";
}
