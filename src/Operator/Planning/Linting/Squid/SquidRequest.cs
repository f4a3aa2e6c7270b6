using System.Net;

namespace Culvert.Planning;

/// <summary>A request that a configuration is asked about.</summary>
internal sealed record SquidRequest(string Method, string Host, int Port, IPAddress Source, bool HasCredentials);
