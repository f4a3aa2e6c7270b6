namespace Culvert.Cli;

/// <summary>An answer in a script is missing or wrong.</summary>
internal sealed class QuestionException(string message) : Exception(message);
