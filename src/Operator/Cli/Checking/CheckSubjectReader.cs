using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Checking;
using Culvert.Configuration;
using Culvert.Planning;
using Culvert.Tunnels;

namespace Culvert.Cli;

/// <summary>Puts together what is to be checked from a site file, a sensor's settings, an endpoint list, an activation file, a sensor's data folder.</summary>
internal static class CheckSubjectReader
{
    private const int MaxJsonBytes = 1024 * 1024;

    /// <summary>Reads everything. Throws <see cref="CheckException"/> with all mistakes of a file.</summary>
    public static CheckSubject Read(CheckInputs inputs)
    {
        var site = inputs.Site is null ? null : ReadSite(inputs.Site);
        var planned = site is null ? null : FindSensor(site, inputs);
        var activation = ReadActivation(inputs);
        var settings = inputs.Settings is not null ? ReadSettings(SettingsFile.Load(inputs.Settings, Settings.Read), inputs.Settings)
            : planned is not null ? ReadPlanned(site!, planned)
            : new Settings([new Route { Name = "direct" }], BandwidthLimiter.DefaultKbps, new Dictionary<string, IReadOnlyList<IPAddress>>());
        var endpoints = inputs.Endpoints is not null ? ReadEndpoints(inputs.Endpoints)
            : activation is not null ? ToEndpoints(activation.Endpoints, inputs.Activation ?? inputs.Data!)
            : planned?.Cloud is { } cloud ? [.. site!.Cloud(cloud).Endpoints.Select(e => e.Endpoint)]
            : inputs.Data is not null
                ? throw new CheckException(ExitCode.BadFile, $"{inputs.Data} is no data folder of an activated sensor: it has no activation.json. Before activation, give --activation or --endpoints.")
            : throw new CheckException(ExitCode.Usage, "The cloud endpoints are not known: give --site, --endpoints, --activation or --data.");
        var sensor = activation?.Sensor ?? planned?.Name.ToString() ?? inputs.Sensor;
        return new CheckSubject(
            new CheckRequest
            {
                Sensor = sensor,
                Routes = Choose(settings.Routes, inputs.Routes),
                Endpoints = endpoints,
                Trust = ReadTrust(inputs, activation),
                Identity = ReadIdentity(inputs.Data),
                OpenSession = inputs.Data is not null && !IsInUse(inputs.Data),
                BandwidthKbps = settings.BandwidthKbps,
                ListedAddresses = planned?.Cloud is null ? new Dictionary<string, IReadOnlyList<IPAddress>>() : ListOf(site!, planned),
            },
            settings.Hosts,
            $"{sensor ?? "sensor"}{(site is null ? "" : $" of {site.DisplayName}")}");
    }

    private static SiteFile ReadSite(string path)
    {
        var result = SiteFileReader.Load(path);
        return result.TryGet(out var site) ? site : throw Mistakes(path, result.Mistakes);
    }

    private static SiteSensor FindSensor(SiteFile site, CheckInputs inputs)
    {
        var connected = site.Sensors.Where(s => s.Mode == SensorMode.CloudConnected).ToArray();
        var found = inputs.Sensor is null && connected.Length == 1 ? connected[0] : connected.FirstOrDefault(s => s.Name.ToString() == inputs.Sensor);
        return found ?? throw new CheckException(
            ExitCode.Usage,
            inputs.Sensor is null ? $"{inputs.Site} has {connected.Length} sensors that report to a cloud: name one with --sensor." : $"{inputs.Site} has no sensor '{inputs.Sensor}' that reports to a cloud.",
            [$"Sensors: {string.Join(", ", connected.Select(s => s.Name.ToString()))}"]);
    }

    /// <summary>The settings that the plan gives this sensor: what is checked is what will be installed.</summary>
    private static Settings ReadPlanned(SiteFile site, SiteSensor sensor)
    {
        var file = SitePlan.Create(site).Find(PlanFileKind.SensorSettings, sensor.Name.ToString())
            ?? throw new CheckException(ExitCode.BadFile, $"The plan has no settings for {sensor.Name}.");
        return ReadSettings(SettingsFile.Parse(file.Content, file.Path, Settings.Read), $"{file.Path}, which culvert plan derives from the site file,");
    }

    private static Settings ReadSettings(SettingsResult<Settings> result, string path) => result.TryGet(out var settings) ? settings : throw Mistakes(path, result.Mistakes);

    private static CloudEndpoint[] ReadEndpoints(string path)
    {
        // The list of 'culvert endpoints' as well as the portal's.
        if (File.Exists(path) && new FileInfo(path).Length <= MaxJsonBytes && File.ReadAllText(path) is var text && text.Contains(EndpointList.Format, StringComparison.Ordinal))
        {
            try
            {
                return [.. EndpointList.Parse(text).Now.SelectMany(e => e.Services.Select(s => new CloudEndpoint(s, e.Address)))];
            }
            catch (FormatException e)
            {
                throw new CheckException(ExitCode.BadFile, $"{path}: {e.Message}.");
            }
        }

        var entries = ReadJson(path, CheckInputJson.Default.CloudEndpointEntryArray, "a list of endpoints: [{\"service\":\"iotHub\",\"host\":\"portal.example.com\",\"port\":443}, …]");
        return ToEndpoints(entries, path);
    }

    private static CloudEndpoint[] ToEndpoints(IReadOnlyList<CloudEndpointEntry> entries, string path)
    {
        if (entries.Count == 0)
        {
            throw new CheckException(ExitCode.BadFile, $"{path} names no endpoint.");
        }

        try
        {
            return [.. entries.Select(e => e.ToEndpoint())];
        }
        catch (FormatException e)
        {
            throw new CheckException(ExitCode.BadFile, $"{path}: {e.Message}");
        }
    }

    private static ActivationContent? ReadActivation(CheckInputs inputs)
    {
        if (inputs.Activation is { } path)
        {
            var file = ReadJson(path, CulvertJson.Default.ActivationFile, "an activation file");
            try
            {
                return JsonSerializer.Deserialize(Convert.FromBase64String(file.Content), CulvertJson.Default.ActivationContent)
                    ?? throw new CheckException(ExitCode.BadFile, $"{path} is no activation file.");
            }
            catch (Exception e) when (e is FormatException or JsonException)
            {
                throw new CheckException(ExitCode.BadFile, $"{path} is no activation file: {e.Message}");
            }
        }

        var kept = inputs.Data is null ? null : Path.Combine(inputs.Data, "activation.json");
        return kept is not null && File.Exists(kept) ? ReadJson(kept, CulvertJson.Default.ActivationContent, "what an activation file said") : null;
    }

    private static X509Certificate2Collection? ReadTrust(CheckInputs inputs, ActivationContent? activation)
    {
        try
        {
            if (inputs.CaFile is not null)
            {
                return PemFiles.ReadTrust(inputs.CaFile);
            }

            if (activation is null)
            {
                return null;
            }

            var trust = new X509Certificate2Collection();
            trust.ImportFromPem(activation.TrustPem);
            return trust;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckException(ExitCode.BadFile, $"{inputs.CaFile} does not exist.");
        }
        catch (Exception e) when (e is FormatException or CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CheckException(ExitCode.BadFile, inputs.CaFile is null ? $"The activation file's trust cannot be read: {e.Message}" : e.Message);
        }
    }

    private static SslStreamCertificateContext? ReadIdentity(string? data)
    {
        var file = data is null ? null : Path.Combine(data, "identity.pem");
        if (file is null || !File.Exists(file))
        {
            return null;
        }

        try
        {
            return PemFiles.ReadIdentity(new ClientCertificateFiles(file, file));
        }
        catch (Exception e) when (e is FormatException or CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CheckException(ExitCode.BadFile, $"{file} cannot be used: {e.Message}");
        }
    }

    /// <summary>Whether a sensor runs on a data folder: it holds its lock.</summary>
    private static bool IsInUse(string data)
    {
        try
        {
            using var held = new FileStream(Path.Combine(data, "sensor.lock"), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static IReadOnlyList<Route> Choose(IReadOnlyList<Route> routes, IReadOnlyList<string> names)
    {
        var unknown = names.Except(routes.Select(r => r.Name)).ToArray();
        return unknown.Length > 0
            ? throw new CheckException(ExitCode.Usage, $"There is no route '{unknown[0]}'.", [$"Routes: {string.Join(", ", routes.Select(r => r.Name))}"])
            : [.. routes.Where(r => names.Count == 0 || names.Contains(r.Name)).OrderBy(r => r.Priority)];
    }

    private static Dictionary<string, IReadOnlyList<IPAddress>> ListOf(SiteFile site, SiteSensor sensor)
    {
        var list = site.Cloud(sensor.Cloud!).Endpoints.GroupBy(e => e.Endpoint.Address.Host)
            .ToDictionary(g => g.Key, g => (IReadOnlyList<IPAddress>)[.. g.SelectMany(e => e.Addresses).Distinct()]);
        foreach (var proxy in site.Proxies.Where(p => p.Host is not null))
        {
            list[proxy.Listen.Host] = [proxy.Address];
        }

        return list;
    }

    private static T ReadJson<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string expected)
        where T : class
    {
        try
        {
            using var stream = File.OpenRead(path);
            return (stream.Length <= MaxJsonBytes ? JsonSerializer.Deserialize(stream, type) : null) ?? throw new CheckException(ExitCode.BadFile, $"{path}: expected {expected}.");
        }
        catch (JsonException e)
        {
            var where = e.LineNumber is { } line ? string.Create(CultureInfo.InvariantCulture, $":{line + 1}:{e.BytePositionInLine + 1}") : "";
            throw new CheckException(ExitCode.BadFile, $"{path}{where}: expected {expected}.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new CheckException(ExitCode.BadFile, e is UnauthorizedAccessException ? $"{path} cannot be read: {e.Message}" : $"{path} does not exist.");
        }
    }

    private static CheckException Mistakes(string path, IReadOnlyList<SettingsMistake> mistakes) => new(
        ExitCode.BadFile, string.Create(CultureInfo.InvariantCulture, $"{path} has {mistakes.Count} {(mistakes.Count == 1 ? "mistake" : "mistakes")}."), [.. mistakes.Select(m => m.ToString())]);

    /// <summary>What the check needs of a sensor's settings.</summary>
    private sealed record Settings(IReadOnlyList<Route> Routes, int BandwidthKbps, IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> Hosts)
    {
        private static readonly string[] Others = ["sources", "mode", "learningPeriod", "heartbeatSeconds", "outboxSize", "checkWhenLostSeconds"];

        public static Settings Read(SettingsMapping m)
        {
            // The sensor's own affairs: known, and no matter here.
            foreach (var other in Others)
            {
                _ = m.Has(other);
            }

            return new Settings(
                RouteReader.Read(m), m.Optional("bandwidthKbps", Setting.Number(0, 10_000_000), BandwidthLimiter.DefaultKbps), HostTableReader.Read(m.Mapping("hosts")));
        }
    }
}
