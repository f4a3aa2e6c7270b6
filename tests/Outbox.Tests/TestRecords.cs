using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Culvert.Outbox.Tests;

internal static class TestRecords
{
    /// <summary>A record that holds its number and padding made from it, so that any mix-up shows.</summary>
    public static OutgoingRecord Numbered(RecordStream stream, long number, int padding = 100) =>
        new(stream, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"n\":{number},\"p\":\"{new string((char)('a' + (number % 26)), padding)}\"}}")));

    public static long NumberOf(WaitingRecord record)
    {
        using var json = JsonDocument.Parse(record.Body);
        var number = json.RootElement.GetProperty("n").GetInt64();
        Assert.All(json.RootElement.GetProperty("p").GetString()!, c => Assert.Equal((char)('a' + (number % 26)), c));
        return number;
    }
}
