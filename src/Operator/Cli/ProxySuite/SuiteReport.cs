using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Cli;

/// <summary>The result of the suite.</summary>
internal sealed record SuiteReport
{
    /// <summary>Always <c>culvert-proxy-suite</c>.</summary>
    public string Kind { get; init; } = "culvert-proxy-suite";

    /// <summary>Version of this form.</summary>
    public int SchemaVersion { get; init; } = 2;

    /// <summary>What was tried: a program or an address.</summary>
    public required string Proxy { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The cases, in a fixed order.</summary>
    public required IReadOnlyList<SuiteCaseResult> Cases { get; init; }

    /// <summary>How many came out so.</summary>
    public int Count(SuiteVerdict verdict) => Cases.Count(c => c.Verdict == verdict);
}

/// <summary>Its JSON form.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SuiteReport))]
internal sealed partial class SuiteJson : JsonSerializerContext;
