using System.Diagnostics.CodeAnalysis;

namespace Culvert.Configuration;

/// <summary>Fetches secrets from where their references point.</summary>
public static class SecretResolver
{
    /// <summary>The longest secret, in characters.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Fetches a secret. On failure, says why without any part of the secret.</summary>
    /// <remarks>A file that others may read is refused, as ssh refuses such keys: it is no secret any more. See <see cref="SecretFile"/>.</remarks>
    public static bool TryResolve(SecretReference reference, [NotNullWhen(true)] out string? secret, [NotNullWhen(false)] out string? why)
    {
        ArgumentNullException.ThrowIfNull(reference);
        (secret, why) = (null, null);
        if (reference.Place == SecretPlace.Environment)
        {
            secret = Environment.GetEnvironmentVariable(reference.Name);
            why = secret is null ? $"the environment variable {reference.Name} is not set" : null;
            return secret is not null;
        }

        try
        {
            if (SecretFile.Remedy(reference.Name) is { } remedy)
            {
                why = $"{reference.Name} {remedy}";
                return false;
            }

            using var reader = new StreamReader(reference.Name);
            var buffer = new char[MaxLength + 1];
            var length = reader.ReadBlock(buffer);
            if (length > MaxLength)
            {
                why = $"{reference.Name} is longer than a secret can be";
                return false;
            }

            // Exactly one final line break, which editors add; any other character may belong to the secret.
            var end = length > 0 && buffer[length - 1] == '\n' ? length - 1 : length;
            end = end < length && end > 0 && buffer[end - 1] == '\r' ? end - 1 : end;
            secret = new string(buffer, 0, end);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why = e is FileNotFoundException or DirectoryNotFoundException ? $"{reference.Name} does not exist" : $"{reference.Name} cannot be read: {e.Message}";
            return false;
        }
    }
}
