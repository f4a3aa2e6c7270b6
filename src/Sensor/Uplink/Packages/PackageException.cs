namespace Culvert.Uplink;

/// <summary>A package cannot be taken, and will not be by trying again: it is altered, older, too large, or not a package.</summary>
public sealed class PackageException(string message) : Exception(message);
