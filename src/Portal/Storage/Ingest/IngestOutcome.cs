namespace Culvert.Storage;

/// <summary>What one commit did.</summary>
/// <param name="Stored">Records stored.</param>
/// <param name="Duplicates">Records that were there already.</param>
/// <param name="DeadLetters">Records that could not be understood, now among the dead letters.</param>
public readonly record struct IngestOutcome(int Stored, int Duplicates, int DeadLetters);
