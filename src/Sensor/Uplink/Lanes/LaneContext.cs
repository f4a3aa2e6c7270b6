using Culvert.Outbox;
using Microsoft.Extensions.Logging;

namespace Culvert.Uplink;

/// <summary>What all lanes share.</summary>
/// <param name="Clock">The time.</param>
/// <param name="Random">For jitter; used under a lock on itself.</param>
/// <param name="Logger">The log.</param>
/// <param name="Metrics">The figures.</param>
/// <param name="Delivered">Told of each batch after its acknowledgement.</param>
internal sealed record LaneContext(TimeProvider Clock, Random Random, ILogger Logger, UplinkMetrics Metrics, Action<WaitingBatch>? Delivered);
