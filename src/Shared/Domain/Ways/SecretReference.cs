namespace Culvert;

/// <summary>Where a secret is kept. Settings name the place and never hold the secret itself.</summary>
/// <param name="Place">File or environment variable.</param>
/// <param name="Name">The file's path, or the variable's name.</param>
public sealed record SecretReference(SecretPlace Place, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Place == SecretPlace.File ? $"file {Name}" : $"environment variable {Name}";
}

/// <summary>The places a secret may be kept in.</summary>
public enum SecretPlace
{
    /// <summary>A file that only its owner may read; one final line break is not part of the secret.</summary>
    File,

    /// <summary>An environment variable of the process.</summary>
    Environment,
}
