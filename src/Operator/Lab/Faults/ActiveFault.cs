namespace Culvert.Lab;

/// <summary>A fault in force.</summary>
/// <param name="Fault">What.</param>
/// <param name="Place">Where.</param>
/// <param name="Value">Its value as people write it; null where it takes none.</param>
/// <param name="Mend">Undoes it.</param>
internal sealed record ActiveFault(LabFault Fault, FaultPlace Place, string? Value, Func<CancellationToken, Task> Mend)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Fault.Name} at {Place.Name}: {Fault.Description}{(Value is null ? "" : $" ({Value})")}";
}
