using System.Globalization;
using System.Text.Json;
using Culvert.Checking;

namespace Culvert.Cli;

/// <summary>Words of a check for people.</summary>
internal static class CheckWords
{
    public static string Team(ActingTeam team) => team switch
    {
        ActingTeam.SensorOwner => "sensor owner",
        ActingTeam.PlantNetwork => "plant network",
        ActingTeam.DmzOwner => "DMZ owner",
        ActingTeam.ItProxyTeam => "IT proxy team",
        _ => "cloud team",
    };

    public static string Of<T>(T word)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(word.ToString());

    public static string Outcome(CheckReport report) => report.Outcome switch
    {
        CheckOutcome.Passed => "Every endpoint is reached by every route.",
        CheckOutcome.PassedWithWarnings => "Every endpoint is reached by every route; see the warnings.",
        CheckOutcome.Impaired when report.Routes.Any(r => r.Succeeded) && report.Routes.Any(r => !r.Succeeded) =>
            $"Broken: {Names(report, works: false)}. The cloud is reached by {Names(report, works: true)}.",
        CheckOutcome.Impaired when report.Routes.Any(r => !r.Succeeded) => "No route reaches every endpoint; together they do.",
        CheckOutcome.Impaired => "Every endpoint is reached, but something else is broken.",
        _ => "The cloud is not reached by any route.",
    };

    public static string Milliseconds(TimeSpan time) => time.TotalMilliseconds < 10
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms");

    private static string Names(CheckReport report, bool works) => string.Join(", ", report.Routes.Where(r => r.Succeeded == works).Select(r => r.Name));
}
