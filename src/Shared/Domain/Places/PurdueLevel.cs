using System.Collections.Frozen;
using System.Globalization;

namespace Culvert;

/// <summary>A level of the Purdue reference model (ISA-95 / IEC 62443): 0, 1, 2, 3, 3.5 (industrial DMZ), 4 or 5.</summary>
public readonly record struct PurdueLevel : IComparable<PurdueLevel>
{
    private static readonly FrozenSet<decimal> Known = new[] { 0m, 1m, 2m, 3m, 3.5m, 4m, 5m }.ToFrozenSet();

    private PurdueLevel(decimal value) => Value = value;

    /// <summary>The level as a number; 3.5 is the industrial DMZ.</summary>
    public decimal Value { get; }

    /// <summary>The industrial demilitarised zone between the plant (3) and the enterprise (4).</summary>
    public static PurdueLevel IndustrialDmz { get; } = new(3.5m);

    /// <summary>All levels, lowest first.</summary>
    public static IReadOnlyList<PurdueLevel> All { get; } = [.. Known.Order().Select(v => new PurdueLevel(v))];

    /// <summary>Reads "0" to "5" or "3.5"; anything else gives false.</summary>
    public static bool TryParse(string? text, out PurdueLevel level)
    {
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && Known.Contains(value))
        {
            level = new PurdueLevel(value);
            return true;
        }

        level = default;
        return false;
    }

    /// <summary>Reads a level. Throws <see cref="FormatException"/> when it is none of 0, 1, 2, 3, 3.5, 4, 5.</summary>
    public static PurdueLevel Parse(string text) =>
        TryParse(text, out var level) ? level : throw new FormatException($"'{text}' is not a Purdue level; expected 0, 1, 2, 3, 3.5, 4 or 5.");

    /// <inheritdoc/>
    public int CompareTo(PurdueLevel other) => Value.CompareTo(other.Value);

    /// <summary>Lower than.</summary>
    public static bool operator <(PurdueLevel left, PurdueLevel right) => left.Value < right.Value;

    /// <summary>Higher than.</summary>
    public static bool operator >(PurdueLevel left, PurdueLevel right) => left.Value > right.Value;

    /// <summary>Lower than or the same.</summary>
    public static bool operator <=(PurdueLevel left, PurdueLevel right) => left.Value <= right.Value;

    /// <summary>Higher than or the same.</summary>
    public static bool operator >=(PurdueLevel left, PurdueLevel right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("0.#", CultureInfo.InvariantCulture);
}
