namespace Culvert.Tunnels;

/// <summary>One challenge of a Proxy-Authenticate field (RFC 9110, section 11.3).</summary>
/// <param name="Scheme">The scheme in lower case.</param>
/// <param name="Token">The token68 that follows it, as NTLM and Negotiate send; null where parameters follow.</param>
/// <param name="Parameters">The parameters; names in lower case.</param>
internal sealed record AuthenticationChallenge(string Scheme, string? Token, IReadOnlyDictionary<string, string> Parameters)
{
    private const int MaxChallenges = 8;

    public string? this[string name] => Parameters.GetValueOrDefault(name);

    /// <summary>Reads the challenges of one or several fields. What cannot be read is passed over; it never throws.</summary>
    public static IReadOnlyList<AuthenticationChallenge> Read(IEnumerable<string> fields)
    {
        var challenges = new List<AuthenticationChallenge>();
        foreach (var field in fields)
        {
            var reader = new ParameterReader(field);
            // A scheme is a word that no equals sign follows; all up to the next such word are its parameters.
            while (challenges.Count < MaxChallenges && reader.Word() is { } word)
            {
                if (reader.At('='))
                {
                    reader.Value();
                    continue;
                }

                challenges.Add(new AuthenticationChallenge(word.ToLowerInvariant(), reader.Token68(), reader.Parameters()));
            }
        }

        return challenges;
    }
}
