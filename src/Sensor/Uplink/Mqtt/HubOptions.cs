using Culvert.Tunnels;

namespace Culvert.Uplink;

/// <summary>How the sensor speaks to the hub.</summary>
/// <param name="Sensor">Its name.</param>
/// <param name="SoftwareVersion">Its version.</param>
/// <param name="KeepAlive">Between two signs of life where nothing else is sent: below the shortest idle timeout on the way.</param>
/// <param name="Timeout">Longest wait for an answer.</param>
/// <param name="Password">Gives a fresh SAS token at each CONNECT; null where the client certificate proves the identity.</param>
/// <param name="KeepAliveAdvice">Learns the idle timeouts on the way and advises what to use instead of <paramref name="KeepAlive"/>; null learns nothing.</param>
internal sealed record HubOptions(SensorId Sensor, string SoftwareVersion, TimeSpan KeepAlive, TimeSpan Timeout, Func<string>? Password = null, IKeepAliveAdvice? KeepAliveAdvice = null);
