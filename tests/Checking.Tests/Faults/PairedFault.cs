namespace Culvert.Checking.Tests.Faults;

/// <summary>One of the faults that are there at once.</summary>
/// <param name="Route">The route it is found on.</param>
/// <param name="Target">The hop, or <c>cloud</c> or <c>blobs</c>.</param>
/// <param name="Cause">The cause.</param>
/// <param name="Towards">What the hop could not reach; null when the fault is the place itself.</param>
internal sealed record PairedFault(string Route, string Target, Cause Cause, string? Towards = null);
