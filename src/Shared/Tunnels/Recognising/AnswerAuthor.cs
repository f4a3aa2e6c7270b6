using System.Globalization;

namespace Culvert.Tunnels;

/// <summary>Who wrote an answer, and how sure that is.</summary>
/// <param name="Product">The product's name.</param>
/// <param name="Kind">What kind of thing it is.</param>
/// <param name="Confidence">0 to 1: 0.95 for a field that only it sends, 0.8 for words that only its own pages have, 0.6 for what others may write too.</param>
/// <param name="Mark">What it was known by: a field with its value, or the words of its page.</param>
public sealed record AnswerAuthor(string Product, AuthorKind Kind, double Confidence, string Mark)
{
    /// <summary>Whether the answer is a page that blocks or asks a person to sign in.</summary>
    public bool Blocks => Kind == AuthorKind.Filter;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"looks like {Product} (confidence {Confidence:0.00}): {Mark}");
}
