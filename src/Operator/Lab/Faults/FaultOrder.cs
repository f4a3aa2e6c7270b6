namespace Culvert.Lab;

/// <summary>A fault that is to be made: which, where, and with what value.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="At">Where: a host of the lab, or an edge <c>FROM..TO</c>.</param>
/// <param name="Value">Its value as people write it; null for the default.</param>
public sealed record FaultOrder(LabFault Fault, string At, string? Value = null)
{
    /// <summary>Reads several: <c>delay=300ms@plant-proxy,kill@dmz-proxy</c>. Throws <see cref="LabException"/>.</summary>
    public static IReadOnlyList<FaultOrder> ReadAll(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Read)];
    }

    /// <summary>Reads one: <c>delay=300ms@plant-proxy</c>. Throws <see cref="LabException"/>.</summary>
    public static FaultOrder Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Split('@') is not [{ Length: > 0 } what, { Length: > 0 } at])
        {
            throw new LabException($"'{text}': expected FAULT@HOP or FAULT=VALUE@HOP.");
        }

        var (name, value) = what.Split('=', 2) is [var before, var after] ? (before, after) : (what, null);
        var fault = LabFault.Find(name);
        fault.Check(value);
        return new FaultOrder(fault, at, value);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Fault.Name}{(Value is null ? "" : $"={Value}")}@{At}";
}
