namespace Culvert.Outbox;

/// <summary>A record that was accepted and is not yet acknowledged.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Epoch">See <see cref="RecordId"/>.</param>
/// <param name="Sequence">See <see cref="RecordId"/>.</param>
/// <param name="AcceptedAt">When it was accepted, by the sensor's clock.</param>
/// <param name="Body">UTF-8 JSON, exactly as it was appended.</param>
public sealed record WaitingRecord(RecordStream Stream, long Epoch, long Sequence, DateTimeOffset AcceptedAt, ReadOnlyMemory<byte> Body)
{
    /// <summary>Its place in the store.</summary>
    internal long RowId { get; init; }
}
