using System.CommandLine;
using Culvert.Configuration;

namespace Culvert.ProxyHost;

/// <summary><c>culvert-proxy check</c>: reads the settings and everything they refer to; exit status 0 or 2.</summary>
internal static class CheckCommand
{
    public static Command Build()
    {
        var config = ProxyCommands.Config();
        var command = new Command("check", "Checks the settings file, and the files and secrets it refers to.") { config };
        command.SetAction(async (result, _) =>
        {
            var file = result.GetValue(config)!;
            var read = ProxySettingsReader.Load(file);
            if (!read.TryGet(out var settings))
            {
                await PrintAsync(read.Mistakes);
                return 2;
            }

            Console.WriteLine($"{file}: no mistakes; {settings.Relay.Allow.Count} destinations allowed to {settings.Relay.Sources.Count} sources, {settings.Relay.Parents.Count} parents");
            return 0;
        });
        return command;
    }

    public static async Task PrintAsync(IEnumerable<SettingsMistake> mistakes)
    {
        foreach (var mistake in mistakes)
        {
            await Console.Error.WriteLineAsync(mistake.ToString());
        }
    }
}
