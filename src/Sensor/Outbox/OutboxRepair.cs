namespace Culvert.Outbox;

/// <summary>What was found damaged, and what became of it.</summary>
/// <param name="SetAside">File name of the damaged store, kept for people beside the new one.</param>
/// <param name="Reason">What was wrong with it, in the store's own words.</param>
/// <param name="Kept">Records that were carried over, with the ids they had.</param>
/// <param name="Lost">Records that waited in it and could not be read; null where their number could not be read either.</param>
public sealed record OutboxRepair(string SetAside, string Reason, long Kept, long? Lost);
