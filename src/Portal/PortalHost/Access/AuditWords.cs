using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.CloudServices;

namespace Culvert.PortalHost;

/// <summary>The audit's codes in words, for people; the codes stay what scripts search for.</summary>
internal static class AuditWords
{
    private const string Command = "sensor.command.";

    private static readonly FrozenDictionary<string, string> Actions = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["user.signIn"] = "Signed in",
        ["user.signInRefused"] = "Sign-in refused",
        ["user.redeemCode"] = "One-time code used",
        ["user.createCode"] = "One-time code made",
        ["user.create"] = "User added",
        ["user.update"] = "User changed",
        ["user.delete"] = "User deleted",
        ["token.create"] = "API token made",
        ["token.delete"] = "API token revoked",
        ["sensor.onboard"] = "Sensor onboarded",
        ["sensor.reissueActivation"] = "New activation file",
        ["sensor.update"] = "Sensor moved or changed",
        ["sensor.revoke"] = "Sensor revoked",
        ["sensor.delete"] = "Sensor deleted",
        ["sensor.createKey"] = "Symmetric key made",
        ["sensor.desire"] = "Settings sent",
        ["sensor.check"] = "Check asked for",
        ["site.create"] = "Site added",
        ["site.update"] = "Site changed",
        ["site.delete"] = "Site deleted",
        ["zone.put"] = "Zone added or changed",
        ["zone.delete"] = "Zone deleted",
        ["alert.setStatus"] = "Alert's status set",
        ["alert.learn"] = "Alert learned",
        ["package.upload"] = "Package uploaded",
        ["package.delete"] = "Package deleted",
        ["settings.retention"] = "Retention changed",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What was done, in words; a code that is not known stays as it is.</summary>
    public static string Of(string action) => Actions.GetValueOrDefault(action)
        ?? (action.StartsWith(Command, StringComparison.Ordinal) ? $"Command {action[Command.Length..]}" : action);

    /// <summary>How a command to a sensor ended.</summary>
    public static string Of(MethodResult result) => result.Outcome switch
    {
        MethodOutcome.NotConnected => "the sensor is not connected",
        MethodOutcome.TimedOut => "the sensor did not answer in time",
        _ => string.Create(CultureInfo.InvariantCulture, $"answered with status {result.Status}"),
    };

    /// <summary>A patch of settings as <c>name value</c>, names of nested ones with dots.</summary>
    public static string Of(JsonObject patch) => string.Join(", ", Flat("", patch));

    private static IEnumerable<string> Flat(string prefix, JsonObject patch) => patch.SelectMany(p => p.Value switch
    {
        JsonObject inner => Flat($"{prefix}{p.Key}.", inner),
        null => [$"{prefix}{p.Key} taken back"],
        var value => [$"{prefix}{p.Key} {value.ToJsonString().Trim('"')}"],
    });
}
