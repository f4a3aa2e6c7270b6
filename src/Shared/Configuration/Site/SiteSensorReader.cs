namespace Culvert.Configuration;

/// <summary>Reads a sensor.</summary>
internal static class SiteSensorReader
{
    private static readonly string[] OfTheCloud = ["routes", "cloud", "method"];

    public static SiteSensor Read(SettingsMapping m)
    {
        var sensor = new SiteSensor
        {
            Name = m.Required("name", Setting.Sensor),
            Type = m.Optional("type", Setting.Word<SensorType>(), SensorType.Ot),
            Mode = m.Optional("mode", Setting.Word<SensorMode>(), SensorMode.CloudConnected),
            Zone = m.Required("zone", Setting.Name),
            Address = m.Required("address", Setting.Address),
            Cloud = m.Optional("cloud", Setting.Name),
            Method = m.OptionalValue("method", Setting.Word<ConnectionMethod>()),
            Monitors = [.. m.Mappings("monitors").Select(ReadMonitor)],
            Routes = [.. m.Mappings("routes").Select(ReadRoute).OrderBy(r => r.Priority)],
            BandwidthKbps = m.Optional("bandwidthKbps", Setting.Number(SiteSensor.MinBandwidthKbps, 10_000_000), SiteSensor.DefaultBandwidthKbps),
            AutomaticThreatIntelligence = m.Optional("automaticThreatIntelligence", Setting.Flag, true),
        };

        if (sensor.Mode == SensorMode.LocallyManaged)
        {
            foreach (var key in OfTheCloud.Where(m.Has))
            {
                m.Mistake(key, "a locally managed sensor reports to no cloud", "expected no such field, or mode: cloudConnected");
            }
        }

        return sensor;
    }

    private static SiteMonitor ReadMonitor(SettingsMapping m) => new(m.Required("interface", Setting.TextUpTo(64)), m.Required("zone", Setting.Name));

    private static SiteRoute ReadRoute(SettingsMapping m) => new()
    {
        Name = m.Required("name", Setting.Name),
        Priority = m.Optional("priority", Setting.Number(0, 1000), 0),
        Hops = m.List("hops", Setting.Name),
        Chaining = m.Optional("chaining", Setting.Word<HopReach>(), HopReach.Nested),
    };
}
