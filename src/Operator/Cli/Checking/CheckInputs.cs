namespace Culvert.Cli;

/// <summary>The files that say what is to be checked, as named on the command line.</summary>
internal sealed record CheckInputs
{
    public string? Site { get; init; }

    public string? Sensor { get; init; }

    public string? Settings { get; init; }

    public string? Endpoints { get; init; }

    public string? Activation { get; init; }

    public string? Data { get; init; }

    public string? CaFile { get; init; }

    public IReadOnlyList<string> Routes { get; init; } = [];
}
