using System.Text;
using System.Text.Json;

namespace Culvert.Storage.Tests;

public sealed class CheckTests : StoreTest
{
    [Fact]
    public async Task A_report_is_kept_once_the_newest_first_and_only_so_many()
    {
        for (var i = 0; i < ICheckStore.MaxPerSensor + 5; i++)
        {
            Assert.Equal(StoreOutcome.Done, await Store.Checks.AddAsync(Read($$"""{"kind":"culvert-check","startedAt":"{{TestData.Now.AddMinutes(i):O}}","outcome":"passed"}""")!, Cancelled));
        }

        var newest = (await Store.Checks.ListAsync(TestData.Sensor, new PageRequest(0, 1), Cancelled)).Items[0];
        await Store.Checks.AddAsync(newest, Cancelled);
        var page = await Store.Checks.ListAsync(TestData.Sensor, new PageRequest(0, 3), Cancelled);
        Assert.Equal(ICheckStore.MaxPerSensor, page.Total);
        Assert.Equal([54, 53, 52], page.Items.Select(c => (int)(c.StartedAt - TestData.Now).TotalMinutes));
        Assert.Equal(StoreOutcome.NotFound, await Store.Checks.AddAsync(newest with { Sensor = "nobody" }, Cancelled));
    }

    [Fact]
    public async Task A_report_that_comes_with_a_health_record_is_kept_among_the_reports_once()
    {
        IncomingRecord With(int sequence, string report)
        {
            var record = TestData.Health(sequence);
            using var document = JsonDocument.Parse(report);
            return record with { Health = record.Health! with { Check = document.RootElement.Clone() } };
        }

        const string Report = """{"kind":"culvert-check","startedAt":"2026-03-01T12:00:00Z","outcome":"noWay","findings":[]}""";
        await IngestAsync(With(1, Report), With(2, Report), With(3, """{"kind":"other"}"""), With(4, "[]"));

        var check = Assert.Single((await Store.Checks.ListAsync(TestData.Sensor, PageRequest.First, Cancelled)).Items);
        Assert.Equal(("noWay", Report), (check.Outcome, check.Report));
        var health = (await Store.Health.ListAsync(TestData.Sensor, PageRequest.First, Cancelled)).Items;
        Assert.Equal(4, health.Count);
        Assert.All(health, h => Assert.Null(h.Record.Check));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"kind":"other","startedAt":"2026-03-01T12:00:00Z","outcome":"passed"}""")]
    [InlineData("""{"kind":"culvert-check","startedAt":"yesterday","outcome":"passed"}""")]
    [InlineData("""{"kind":"culvert-check","startedAt":"2026-03-01T12:00:00Z","outcome":"<script>"}""")]
    [InlineData("""{"kind":"culvert-check","startedAt":"2026-03-01T12:00:00Z"}""")]
    public void What_is_no_report_is_none(string text) => Assert.Null(Read(text));

    [Fact]
    public async Task A_setting_is_what_it_was_last_set_to()
    {
        Assert.Null(await Store.Settings.FindAsync("retention", Cancelled));
        await Store.Settings.PutAsync(new SettingEntry("retention", "{}", TestData.Now, "o"), Cancelled);
        await Store.Settings.PutAsync(new SettingEntry("retention", """{"a":1}""", TestData.Now.AddDays(1), "p"), Cancelled);
        Assert.Equal(new SettingEntry("retention", """{"a":1}""", TestData.Now.AddDays(1), "p"), await Store.Settings.FindAsync("retention", Cancelled));
    }

    private static CheckEntry? Read(string json) => CheckReportReader.Read(TestData.Sensor, Encoding.UTF8.GetBytes(json), null, TestData.Now);
}
