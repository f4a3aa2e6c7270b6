namespace Culvert;

/// <summary>A protocol that a device speaks.</summary>
/// <param name="Name">Lower case with hyphens, as <c>modbus</c> or <c>profinet-dcp</c>.</param>
/// <param name="Role">client, server, peer, publisher or subscriber.</param>
public sealed record DeviceProtocol(string Name, string Role);
