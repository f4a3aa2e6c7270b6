using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>The rules as a table (RFC 4180) that people approve.</summary>
internal static class ChangeRequest
{
    public static string Write(SiteFirewall firewall, IReadOnlyList<FirewallRule> rules)
    {
        var text = new StringBuilder("number,firewall,action,from zone,from interface,source,source addresses,to zone,to interface,destination,destination addresses,protocol,port,reason\n");
        foreach (var (number, from, to, flow) in rules)
        {
            string[] cells =
            [
                number.ToString(CultureInfo.InvariantCulture), firewall.Name, "allow", from.Zone, from.Interface, flow.From, string.Join(' ', flow.Sources), to.Zone, to.Interface,
                flow.To, flow.ByName ? "by name" : string.Join(' ', flow.Destinations), Words.Camel(flow.Protocol), flow.Port == 0 ? "" : flow.Port.ToString(CultureInfo.InvariantCulture), flow.Reason,
            ];
            text.AppendJoin(',', cells.Select(Cell)).Append('\n');
        }

        return text.ToString();
    }

    // A cell that begins like a formula is one for a spreadsheet: names cannot (they start with a letter or digit), reasons are ours.
    private static string Cell(string text) => text.AsSpan().ContainsAny(",\"\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
