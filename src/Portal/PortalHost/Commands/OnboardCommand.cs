using System.CommandLine;
using System.Text.Json;
using Culvert.Storage;
using Culvert.Storage.Sqlite;

namespace Culvert.PortalHost;

/// <summary><c>culvert-portal onboard</c>: onboards a sensor on the data folder, before the portal starts or while it runs.</summary>
internal static class OnboardCommand
{
    public static Command Build()
    {
        var data = new Option<string>("--data") { Description = "Folder of keys, database and blobs.", HelpName = "DIR", Required = true };
        var sensor = new Option<string>("--sensor") { Description = "The sensor's name.", HelpName = "NAME", Required = true };
        var site = new Option<string>("--site") { Description = "Its site; made when it is not there.", Required = true };
        var zone = new Option<string>("--zone") { Description = "Its zone; made when it is not there.", Required = true };
        var level = new Option<string?>("--level") { Description = "Purdue level of the zone.", HelpName = "0|1|2|3|3.5|4|5" };
        var type = new Option<SensorType>("--type") { Description = "Type of the sensor." };
        var manual = new Option<bool>("--manual-ti") { Description = "Threat-intelligence packages go to it only when an administrator pushes them." };
        var address = new Option<string?>("--address") { Description = "Host name and port that sensors reach the portal by; by default those of its last run.", HelpName = "HOST:PORT" };
        var endpoint = new Option<string[]>("--endpoint") { Description = "A service that sensors reach by a name of its own, as eventHubs=HOST:PORT; repeat for more.", HelpName = "SERVICE=HOST:PORT" };
        var again = new Option<bool>("--again") { Description = "A new activation file for a sensor that is there; the old one is void." };
        var output = new Option<string>("--out") { Description = "The activation file to write.", HelpName = "FILE", Required = true };
        var command = new Command("onboard", "Onboards a sensor and writes its activation file.") { data, sensor, site, zone, level, type, manual, address, endpoint, again, output };
        command.SetAction(async (result, cancellationToken) =>
        {
            var request = new OnboardingRequest
            {
                Name = result.GetValue(sensor)!,
                Site = result.GetValue(site)!,
                Zone = result.GetValue(zone)!,
                PurdueLevel = result.GetValue(level),
                Type = result.GetValue(type),
                AutomaticThreatIntelligence = !result.GetValue(manual),
                CreatePlace = true,
            };
            return await RunAsync(result.GetValue(data)!, request, result.GetValue(address), result.GetValue(endpoint) ?? [], result.GetValue(again), result.GetValue(output)!, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(string data, OnboardingRequest request, string? addressText, string[] endpoints, bool again, string output, CancellationToken cancellationToken)
    {
        var folder = new PortalFolder(data);
        var own = new Dictionary<CloudService, HostPort>();
        foreach (var text in endpoints)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at < 0 || !Enum.TryParse<CloudService>(text[..at], ignoreCase: true, out var service) || !Enum.IsDefined(service) || !HostPort.TryParse(text[(at + 1)..], out var where))
            {
                await Console.Error.WriteLineAsync($"--endpoint: '{text}' is not SERVICE=HOST:PORT with one of the five services and an exact host name.");
                return 2;
            }

            own[service] = where;
        }

        var address = new PortalAddress(folder) { Own = own };
        if (addressText is not null)
        {
            if (!HostPort.TryParse(addressText, out var given))
            {
                await Console.Error.WriteLineAsync($"--address: '{addressText}' is not HOST:PORT with an exact host name.");
                return 2;
            }

            address.Set(given);
        }

        using var store = new SqlitePortalStore(folder.Root);
        await store.MigrateAsync(cancellationToken);
        using var authority = PortalAuthority.Open(folder, TimeProvider.System);
        var onboarding = new SensorOnboarding(
            store, authority, address, new PortalOptions { DataFolder = data }, new AuditTrail(store, TimeProvider.System), new ChangeFeed(), TimeProvider.System);
        var outcome = again
            ? await onboarding.ReissueAsync(request.Name, Actor.Local, cancellationToken)
            : await onboarding.OnboardAsync(request, Actor.Local, cancellationToken);
        if (outcome.Value is not { } file)
        {
            foreach (var mistake in outcome.Mistakes)
            {
                await Console.Error.WriteLineAsync(mistake);
            }

            return 1;
        }

        // It holds a one-time secret.
        PortalFolder.WriteSecret(output, JsonSerializer.Serialize(file, CulvertJson.Default.ActivationFile));
        Console.WriteLine($"activation file {output} for {request.Name}, valid for {SensorOnboarding.ActivationLifetime.TotalDays:0} days");
        return 0;
    }
}
