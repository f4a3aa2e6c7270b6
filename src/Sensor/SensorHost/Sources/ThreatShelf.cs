using Culvert.Analysis;

namespace Culvert.SensorHost;

/// <summary>The threat intelligence in use, and earlier packages as long as they are on the disk. Thread safe.</summary>
internal sealed class ThreatShelf(string folder)
{
    private volatile ThreatIntelligence _current = ThreatIntelligence.None;

    /// <summary>What is in use.</summary>
    public ThreatIntelligence Current => _current;

    /// <summary>Told of a new package.</summary>
    public Action<ThreatIntelligence>? Changed { get; set; }

    /// <summary>Parses and tests a package and takes it into use: null, or why it cannot be used. What was in use stays then.</summary>
    public string? Install(string version, ReadOnlyMemory<byte> content)
    {
        if (ThreatIntelligence.Read(content, out var mistakes) is not { } package)
        {
            return string.Join("; ", mistakes.Take(5));
        }

        if (package.Version != version)
        {
            return $"The content says that it is version {package.Version}.";
        }

        _current = package;
        Changed?.Invoke(package);
        return null;
    }

    /// <summary>A package by version; null when it is gone.</summary>
    public ThreatIntelligence? Find(string version)
    {
        if (version == Current.Version)
        {
            return Current;
        }

        if (version.Length == 0)
        {
            return ThreatIntelligence.None;
        }

        try
        {
            var file = Path.Combine(folder, version + ".json");
            return version.All(c => char.IsAsciiDigit(c) || c == '.') && File.Exists(file) ? ThreatIntelligence.Read(File.ReadAllBytes(file), out _) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
