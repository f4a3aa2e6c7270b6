using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Uplink;

namespace Culvert.SensorHost;

/// <summary>What a live zone keeps over a restart: its devices and what was learned. A mirror port can't be read again.</summary>
internal sealed class ZoneMemory
{
    private const int MaxDevices = 65_536;
    private readonly string _file;
    private readonly Dictionary<string, DeviceRecord> _devices;
    private readonly List<string> _learned;
    private DateTimeOffset? _since;
    private bool _changed;

    /// <summary>Reads what was kept; a damaged file is as good as none, the devices are then new again.</summary>
    public ZoneMemory(string folder, string zone)
    {
        _file = Path.Combine(folder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(zone)).AsSpan(0, 8))}.known.json");
        var kept = DurableFile.TryReadJson(_file, ZoneJson.Default.ZoneMemoryContent) ?? new ZoneMemoryContent();
        // What a file lacks is null, whatever its type promises.
        _devices = (kept.Devices ?? []).Where(d => d?.Key is not null).DistinctBy(d => d.Key).ToDictionary(d => d.Key, StringComparer.Ordinal);
        _learned = [.. (kept.Learned ?? []).Where(l => l is not null)];
        _since = kept.Since;
    }

    /// <summary>The devices.</summary>
    public IReadOnlyCollection<DeviceRecord> Devices => _devices.Values;

    /// <summary>What was learned of alerts.</summary>
    public IReadOnlyList<string> Learned => _learned;

    /// <summary>When the first packet of this zone was seen.</summary>
    public DateTimeOffset? Since => _since;

    /// <summary>Remembers when it all began.</summary>
    public void Begin(DateTimeOffset at)
    {
        if (_since is null)
        {
            (_since, _changed) = (at, true);
        }
    }

    /// <summary>Remembers a device.</summary>
    public void Remember(DeviceRecord device)
    {
        if (_devices.Count < MaxDevices || _devices.ContainsKey(device.Key))
        {
            _devices[device.Key] = device;
            _changed = true;
        }
    }

    /// <summary>Remembers what was learned.</summary>
    public void Learn(string about)
    {
        _learned.Add(about);
        _changed = true;
    }

    /// <summary>What to write, or null where nothing changed since the last time.</summary>
    public byte[]? TakeChanges()
    {
        if (!_changed)
        {
            return null;
        }

        _changed = false;
        return JsonSerializer.SerializeToUtf8Bytes(new ZoneMemoryContent { Since = _since, Devices = [.. _devices.Values], Learned = _learned }, ZoneJson.Default.ZoneMemoryContent);
    }

    /// <summary>Writes it. Throws <see cref="IOException"/>.</summary>
    public void Write(byte[] content)
    {
        DurableFile.MakeFolder(Path.GetDirectoryName(_file)!);
        DurableFile.Write(_file, content);
    }
}

/// <summary>The file of a <see cref="ZoneMemory"/>.</summary>
internal sealed record ZoneMemoryContent
{
    /// <summary>When the first packet of the zone was seen.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Its devices.</summary>
    public IReadOnlyList<DeviceRecord> Devices { get; init; } = [];

    /// <summary>What was learned of alerts.</summary>
    public IReadOnlyList<string> Learned { get; init; } = [];
}
