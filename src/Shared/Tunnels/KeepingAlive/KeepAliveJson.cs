using System.Text.Json.Serialization;

namespace Culvert.Tunnels;

/// <summary>Made at build time, so that it works ahead of time too.</summary>
[JsonSerializable(typeof(Dictionary<string, IdleTimeout>))]
internal sealed partial class KeepAliveJson : JsonSerializerContext;
