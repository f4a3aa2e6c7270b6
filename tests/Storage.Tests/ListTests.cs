namespace Culvert.Storage.Tests;

public sealed class ListTests : StoreTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_of_devices_give_every_row_once_by_every_order(bool descending)
    {
        await IngestAsync([.. Enumerable.Range(1, 57).Select(i => TestData.Device(i, $"z|{i:00}", d => d with
        {
            // Many equal values: the order must still be a total one, or pages repeat and lose rows.
            Name = $"n{i % 5}", Vendor = i % 3 == 0 ? null : $"v{i % 2}", Type = $"t{i % 4}", PurdueLevel = i % 2 == 0 ? 1 : null, LastSeen = TestData.Now.AddMinutes(i % 6),
        }))]);
        foreach (var sort in Enum.GetValues<DeviceSort>())
        {
            var keys = new List<string>();
            for (var offset = 0; offset < 60; offset += 10)
            {
                var page = await Store.Devices.QueryAsync(new DeviceQuery { Sort = sort, Descending = descending, Page = new PageRequest(offset, 10) }, Cancelled);
                Assert.Equal(57, page.Total);
                keys.AddRange(page.Items.Select(d => d.Record.Key));
            }

            Assert.Equal(57, keys.Distinct().Count());
            Assert.Equal(57, keys.Count);
        }
    }

    [Fact]
    public async Task Devices_are_filtered_by_every_column_and_searched_whatever_the_case()
    {
        await IngestAsync(
            TestData.Device(1, "z|1", d => d with { Name = "PLC_100%", Vendor = "Siemens AG", Type = "PLC", Authorized = true, Protocols = [new DeviceProtocol("modbus", "server")], IPv4Addresses = ["10.0.0.7"] }),
            TestData.Device(2, "z|2", d => d with { Name = "HMI", Vendor = "Rockwell", Type = "HMI", Zone = "y", Protocols = [new DeviceProtocol("dns", "client")] }));
        async Task<string> OnlyAsync(DeviceQuery query) => Assert.Single((await Store.Devices.QueryAsync(query, Cancelled)).Items).Record.Key;
        Assert.Equal("z|1", await OnlyAsync(new DeviceQuery { Type = "PLC" }));
        Assert.Equal("z|1", await OnlyAsync(new DeviceQuery { Vendor = "Siemens AG" }));
        Assert.Equal("z|1", await OnlyAsync(new DeviceQuery { Authorized = true }));
        Assert.Equal("z|2", await OnlyAsync(new DeviceQuery { Zone = "y" }));
        Assert.Equal("z|2", await OnlyAsync(new DeviceQuery { Protocol = "dns" }));
        Assert.Equal("z|1", await OnlyAsync(new DeviceQuery { Text = "sIEMENS" }));
        Assert.Equal("z|1", await OnlyAsync(new DeviceQuery { Text = "10.0.0.7" }));
        Assert.Equal("z|1", await OnlyAsync(new DeviceQuery { Text = "100%" }));
        Assert.Equal("z|1", await OnlyAsync(new DeviceQuery { Text = "plc_" }));
        Assert.Equal(0, (await Store.Devices.QueryAsync(new DeviceQuery { Text = "h_i" }, Cancelled)).Total);
        Assert.Equal(0, (await Store.Devices.QueryAsync(new DeviceQuery { Text = "' OR 1=1 --" }, Cancelled)).Total);
        Assert.Equal(2, (await Store.Devices.QueryAsync(new DeviceQuery { Site = "GHENT" }, Cancelled)).Total);
        var facets = await Store.Devices.ReadFacetsAsync(Cancelled);
        Assert.Equal(["dns", "modbus"], facets.Protocols.Select(f => f.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Alerts_are_ordered_by_weight_not_by_the_letters_of_their_severity()
    {
        await IngestAsync([.. Enum.GetValues<AlertSeverity>().Select((s, i) => TestData.Alert(i + 1, s.ToString(), a => a with { Severity = s, Engine = (AlertEngine)i }))]);
        async Task<IEnumerable<string>> IdsAsync(AlertQuery query) => (await Store.Alerts.QueryAsync(query, Cancelled)).Items.Select(a => a.Record.Id);
        Assert.Equal(["Critical", "Major", "Minor", "Warning"], await IdsAsync(new AlertQuery { Sort = AlertSort.Severity }));
        Assert.Equal(["Warning", "Minor", "Major", "Critical"], await IdsAsync(new AlertQuery { Sort = AlertSort.Severity, Descending = false }));
        Assert.Equal(["Major"], await IdsAsync(new AlertQuery { Severity = AlertSeverity.Major }));
        Assert.Equal(["Warning"], await IdsAsync(new AlertQuery { Engine = AlertEngine.PolicyViolation }));
        await Store.Alerts.SetStatusAsync(TestData.Sensor, "Minor", AlertStatus.Closed, "o", TestData.Now, Cancelled);
        Assert.Equal(["Minor"], await IdsAsync(new AlertQuery { Open = false }));
        Assert.Equal(3, (await Store.Alerts.QueryAsync(new AlertQuery { Open = true }, Cancelled)).Total);
        foreach (var sort in Enum.GetValues<AlertSort>())
        {
            Assert.Equal(4, (await IdsAsync(new AlertQuery { Sort = sort })).Distinct().Count());
        }
    }

    [Fact]
    public async Task Sensors_are_listed_with_their_worst_message_and_counts()
    {
        await AddSensorAsync("quiet", "y");
        await IngestAsync(
            TestData.Health(1, new HealthMessage { Level = HealthLevel.Warning, Title = "Unstable traffic to Azure" }, new HealthMessage { Level = HealthLevel.Critical, Title = "No traffic detected" }),
            TestData.Device(1), TestData.Alert(1, "a"), TestData.Alert(2, "b"));
        var sensor = await Store.Sensors.FindAsync(TestData.Sensor, Cancelled);
        Assert.Equal((HealthLevel.Critical, 1, 2, "1.1", ConnectionState.Connected), (sensor!.Health, sensor.Devices, sensor.OpenAlerts, sensor.SoftwareVersion, sensor.Connection));
        Assert.Equal(3.5m, (await Store.Sensors.FindAsync("quiet", Cancelled))!.PurdueLevel);
        Assert.Equal("quiet", Assert.Single((await Store.Sensors.QueryAsync(new SensorQuery { Text = "QUI" }, Cancelled)).Items).Name);
        Assert.Equal([TestData.Sensor], await Store.Sensors.MarkSilentAsync(TestData.Now.AddMinutes(2), TimeSpan.FromMinutes(1), Cancelled));
        Assert.Empty(await Store.Sensors.MarkSilentAsync(TestData.Now.AddMinutes(3), TimeSpan.FromMinutes(1), Cancelled));
        Assert.Contains((await Store.Sensors.FindAsync(TestData.Sensor, Cancelled))!.Messages, m => m is { Title: "Disconnected", Level: HealthLevel.Critical });
        var overview = await Store.Overview.ReadAsync(Cancelled);
        Assert.Equal((2, 0, 1, 1, 4), (overview.Sensors, overview.Connected, overview.Disconnected, overview.Devices, overview.Records));
        Assert.True(await Store.Sensors.NoteContactAsync(TestData.Sensor, TestData.Now.AddMinutes(4), Cancelled));
        Assert.Equal(3, (await Store.Health.ListConnectionsAsync(TestData.Sensor, PageRequest.First, Cancelled)).Total);
    }

    [Fact]
    public void A_page_request_outside_the_limits_is_brought_inside()
    {
        Assert.Equal((0, 1), (new PageRequest(-5, 0).Offset, new PageRequest(-5, 0).Limit));
        Assert.Equal(PageRequest.MaxLimit, new PageRequest(0, int.MaxValue).Limit);
    }
}
