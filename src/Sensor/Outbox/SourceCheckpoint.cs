namespace Culvert.Outbox;

/// <summary>How far a capture source has been turned into records. Stored in the same transaction as these records, so that after kill -9 the analysis
/// runs again from the source's start and gives to the outbox exactly what it did not give before.</summary>
/// <param name="Source">The source's stable name.</param>
/// <param name="Pass">The pass of a looped replay, from 0.</param>
/// <param name="Position">All records that came of the packets up to this number (from 1; 0 for none) of this pass are in the outbox or were sent.</param>
/// <param name="Finished">Whether the whole replay is done.</param>
public sealed record SourceCheckpoint(string Source, int Pass, long Position, bool Finished)
{
    /// <summary>Whether what came of this packet is covered.</summary>
    public bool Covers(int pass, long position) => Finished || pass < Pass || (pass == Pass && position <= Position);
}
