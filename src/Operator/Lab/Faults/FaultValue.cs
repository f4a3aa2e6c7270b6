using System.Globalization;

namespace Culvert.Lab;

/// <summary>The value that a fault takes: how long, how much, how many.</summary>
/// <param name="Unit">Its unit.</param>
/// <param name="Default">What it is when nobody says otherwise, as people write it.</param>
/// <param name="Least">The least that makes sense, in the unit's base.</param>
/// <param name="Most">The most, in the unit's base.</param>
public sealed record FaultValue(FaultUnit Unit, string Default, double Least, double Most)
{
    private static readonly Dictionary<FaultUnit, (string Suffix, double Factor)[]> Suffixes = new()
    {
        [FaultUnit.Time] = [("ms", 0.001), ("s", 1), ("m", 60)],
        [FaultUnit.Rate] = [("kbit", 1000), ("mbit", 1_000_000)],
        [FaultUnit.Percent] = [("%", 1)],
        [FaultUnit.Size] = [("kB", 1000), ("MB", 1_000_000), ("B", 1)],
        [FaultUnit.Offset] = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("y", 365 * 86_400d)],
    };

    /// <summary>How it is written, for people.</summary>
    public string Form => Unit switch
    {
        FaultUnit.Time => "a time as 300ms, 2s or 1m",
        FaultUnit.Rate => "a rate as 64kbit or 2mbit (per second)",
        FaultUnit.Percent => "a part as 5%",
        FaultUnit.Size => "a size as 600B, 20kB or 1MB",
        _ => "an offset as +2h, -90s or +30d",
    };

    /// <summary>Reads a value: seconds, bits per second, percent, bytes or seconds. Throws <see cref="LabException"/> that says what was expected.</summary>
    public double Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var (suffix, factor) in Suffixes[Unit])
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number * factor is var value && value >= Least && value <= Most && (Unit != FaultUnit.Offset || text[0] is '+' or '-'))
            {
                return value;
            }
        }

        throw new LabException($"'{text}' is no value for this fault; expected {Form}, from {Say(Least)} to {Say(Most)}.");
    }

    private string Say(double value)
    {
        var (suffix, factor) = Suffixes[Unit].OrderByDescending(s => s.Factor).FirstOrDefault(s => Math.Abs(value) >= s.Factor && value % s.Factor == 0, Suffixes[Unit][0]);
        return string.Create(CultureInfo.InvariantCulture, $"{(Unit == FaultUnit.Offset && value > 0 ? "+" : "")}{value / factor:0.###}{suffix}");
    }
}

/// <summary>The units of faults' values.</summary>
public enum FaultUnit
{
    /// <summary>A time; its base is the second.</summary>
    Time,

    /// <summary>A rate; its base is the bit per second.</summary>
    Rate,

    /// <summary>A part of a hundred.</summary>
    Percent,

    /// <summary>A size; its base is the byte.</summary>
    Size,

    /// <summary>A difference of clocks, with a sign; its base is the second.</summary>
    Offset,
}
