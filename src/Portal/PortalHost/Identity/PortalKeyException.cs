namespace Culvert.PortalHost;

/// <summary>A file of the portal's keys is missing or damaged. The portal does not go on without it, and makes no new one: sensors trust the one that is gone.</summary>
/// <param name="file">The file.</param>
/// <param name="reason">What is wrong with it.</param>
public sealed class PortalKeyException(string file, string reason)
    : IOException($"{file} cannot be used: {reason.TrimEnd('.')}. Put it back from a backup of the data folder. Sensors trust this portal by its keys: a folder begun anew means to activate them all again.");
