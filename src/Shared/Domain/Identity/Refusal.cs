namespace Culvert;

/// <summary>Why the cloud refused, in words for people and a code for programs.</summary>
/// <param name="Code">One of <see cref="RefusalCode"/>, as text so that older sensors survive newer codes.</param>
/// <param name="Message">One sentence that says what to do.</param>
/// <param name="CloudTime">The cloud's clock, where the reason is time.</param>
public sealed record Refusal(string Code, string Message, DateTimeOffset? CloudTime = null);
