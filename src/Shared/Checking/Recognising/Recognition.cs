namespace Culvert.Checking;

/// <summary>What an answer shows about who gave it and why.</summary>
/// <param name="Program">The program or product.</param>
/// <param name="Confidence">How sure that is.</param>
/// <param name="Mark">What it was known by.</param>
/// <param name="Cause">The cause its words give; null when they add nothing to the status.</param>
/// <param name="Words">Its own words about the reason; null when it has none.</param>
internal sealed record Recognition(string Program, Confidence Confidence, string Mark, Cause? Cause = null, string? Words = null);
