using Culvert.Outbox;
using Microsoft.Extensions.Logging;

namespace Culvert.SensorHost;

/// <summary>What all feeds share.</summary>
/// <param name="Outbox">Where records go.</param>
/// <param name="OutboxBytes">How much fits there.</param>
/// <param name="Threats">Threat intelligence.</param>
/// <param name="Folder">Where what is kept of the zones lies.</param>
/// <param name="Clock">The time.</param>
/// <param name="Logger">The log.</param>
internal sealed record FeedContext(OutboxStore Outbox, long OutboxBytes, ThreatShelf Threats, string Folder, TimeProvider Clock, ILogger Logger);
