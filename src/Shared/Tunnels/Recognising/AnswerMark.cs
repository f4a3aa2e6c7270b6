namespace Culvert.Tunnels;

/// <summary>One mark that a product leaves in its answers.</summary>
/// <param name="Product">The product's name.</param>
/// <param name="Kind">What kind of thing it is.</param>
/// <param name="Field">The field that bears the mark, in lower case; null for the page, "" for the reason phrase.</param>
/// <param name="Words">What stands there, in any case; empty when the field alone is the mark.</param>
/// <param name="Confidence">How sure the mark is: see <see cref="AnswerAuthor.Confidence"/>.</param>
internal sealed record AnswerMark(string Product, AuthorKind Kind, string? Field, string Words, double Confidence);
