namespace Culvert.Outbox;

/// <summary>How an outbox is kept.</summary>
public sealed record OutboxOptions
{
    /// <summary>The smallest <see cref="MaxBytes"/>: room for a few of the largest batches that the uplink sends.</summary>
    public const long SmallestMaxBytes = 64 * 1024;

    /// <summary>The folder that holds its files; made (mode 0700) where it is missing. One process at a time may have it open.</summary>
    public required string Directory { get; init; }

    /// <summary>Most bytes of records that wait (bodies and 48 bytes each); default 256 MiB, several days of a busy sensor. The files may be a quarter larger, for the
    /// pages of the store and its log.</summary>
    public long MaxBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Bytes held back on the disk, given up when it is full so that acknowledging (which needs a little room) goes on; default 4 MiB.</summary>
    public int ReserveBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Between two attempts to write while the disk is full or failing; default one second, so that recovery is felt at once.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
