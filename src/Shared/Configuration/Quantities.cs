using System.Globalization;

namespace Culvert.Configuration;

/// <summary>Numbers with a unit.</summary>
internal static class Quantities
{
    private static readonly (string Unit, long Ticks)[] Times =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("ms", TimeSpan.TicksPerMillisecond),
        ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond),
    ];

    private static readonly (string Unit, long Bytes)[] Sizes =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("", 1),
    ];

    public static bool TryDuration(string text, out TimeSpan value)
    {
        value = default;
        foreach (var (unit, ticks) in Times)
        {
            // "0.5s" is 500ms: whole numbers alone keep every duration exact and every spelling one.
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count <= TimeSpan.MaxValue.Ticks / ticks)
            {
                value = new TimeSpan(count * ticks);
                return true;
            }
        }

        return false;
    }

    public static bool TrySize(string text, out long value)
    {
        value = 0;
        foreach (var (unit, bytes) in Sizes)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count <= long.MaxValue / bytes)
            {
                value = count * bytes;
                return true;
            }
        }

        return false;
    }

    public static string Show(TimeSpan time)
    {
        var (unit, ticks) = Times.OrderByDescending(t => t.Ticks).First(t => time.Ticks % t.Ticks == 0 && (time.Ticks != 0 || t.Unit == "s"));
        return string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / ticks}{unit}");
    }

    public static string Show(long size)
    {
        var (unit, bytes) = Sizes.First(s => size % s.Bytes == 0 && (size != 0 || s.Bytes == 1));
        return string.Create(CultureInfo.InvariantCulture, $"{size / bytes}{unit}");
    }
}
