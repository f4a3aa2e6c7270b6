namespace Culvert.Uplink;

/// <summary>How large a batch may be.</summary>
/// <param name="MaxRecords">Most records.</param>
/// <param name="MaxBytes">Most bytes of bodies to take from the outbox; the payload's own limit is kept when it is written.</param>
/// <param name="MaxPayloadBytes">Most bytes of the payload.</param>
internal sealed record BatchLimits(int MaxRecords, int MaxBytes, int MaxPayloadBytes)
{
    /// <summary>One message of IoT Hub: 256 KiB with its properties.</summary>
    public static BatchLimits IotHub { get; } = new(500, 220 * 1024, 255 * 1024);

    /// <summary>One batch of Event Hubs: 1 MiB, counted with what the service adds to each event.</summary>
    public static BatchLimits EventHubs { get; } = new(2000, 700 * 1024, 960 * 1024);
}
