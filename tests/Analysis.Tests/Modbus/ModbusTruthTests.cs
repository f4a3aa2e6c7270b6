using System.Text.Json;
using Culvert.Analysis.Modbus;

namespace Culvert.Analysis.Tests;

/// <summary>Every Modbus message of the captures, against the counts that tshark and Zeek made of them.</summary>
public sealed class ModbusTruthTests
{
    /// <summary>Where the truth is known to be short: TShark takes no message out of a segment that begins with repeated bytes, though new ones follow them.</summary>
    private static readonly Dictionary<string, string[]> Corrected = new(StringComparer.Ordinal)
    {
        ["01-mixed-plant-modbus-s7-cip-dcp"] = ["2 response: 362", "4 request: 588", "4 response: 586"],
    };

    [Theory]
    [InlineData("01-mixed-plant-modbus-s7-cip-dcp")]
    [InlineData("02-modbus-functions-fc43")]
    [InlineData("03-modbus-quickdraw-part1")]
    [InlineData("04-modbus-umas-modicon")]
    [InlineData("05-neg-non-modbus-on-port-502")]
    public void Functions_requests_answers_and_exceptions_are_as_many_as_the_truth_says(string capture)
    {
        var folder = Captures.Require();
        var file = Path.Combine(folder, capture + ".pcap");
        Assert.SkipUnless(File.Exists(file), $"{capture} is not among the captures.");
        using var truth = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, capture + ".json")));
        var expected = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var operation in truth.RootElement.GetProperty("operations_by_flow").EnumerateArray().Where(o => o.GetProperty("protocol").GetString() == "modbus"))
        {
            var name = operation.GetProperty("op").GetString()!;
            if (name == "diagnostic_sub")
            {
                continue;
            }

            Add(expected, name == "exception" ? "exception" : $"{operation.GetProperty("code").GetInt32()} {operation.GetProperty("kind").GetString()}", operation.GetProperty("count").GetInt32());
        }

        var corrected = Corrected.GetValueOrDefault(capture, []);
        var (truly, found) = (expected.Select(e => $"{e.Key}: {e.Value}").ToList(), Count(file, expected.ContainsKey("exception")).Select(e => $"{e.Key}: {e.Value}").ToList());
        Assert.Equal(corrected, found.Except(truly));
        Assert.Equal(truly.Count, found.Count);
    }

    private static SortedDictionary<string, int> Count(string file, bool exceptions)
    {
        var found = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var sessions = new Dictionary<(NetworkAddress, ushort, NetworkAddress, ushort), (ModbusSession Session, bool Spoiled)>();
        foreach (var stored in Captures.Load(file))
        {
            var frame = default(Frame);
            if (!FrameDecoder.TryDecode(stored.LinkType, stored.Data, ref frame) || !frame.IsTcp || (frame.SourcePort != 502 && frame.DestinationPort != 502))
            {
                continue;
            }

            var fromClient = frame.DestinationPort == 502;
            var key = fromClient ? (frame.Source, frame.SourcePort, frame.Destination, frame.DestinationPort) : (frame.Destination, frame.DestinationPort, frame.Source, frame.SourcePort);
            if (!sessions.TryGetValue(key, out var entry) || ((frame.Flags & TcpFlags.Syn) != 0 && fromClient))
            {
                entry = (new ModbusSession(), false);
            }

            var state = new Tally(found, exceptions);
            if (!entry.Spoiled && !frame.Payload.IsEmpty)
            {
                ModbusStream.Read(entry.Session, fromClient, frame.Sequence, frame.Payload, state, static (scoped in ModbusPdu pdu, Tally tally) => tally.Take(in pdu), static (_, tally) => tally.Garbage = true);
            }

            sessions[key] = (entry.Session, entry.Spoiled || state.Garbage);
        }

        return found;
    }

    private static void Add(SortedDictionary<string, int> counts, string key, int count) => counts[key] = counts.GetValueOrDefault(key) + count;

    private sealed class Tally(SortedDictionary<string, int> found, bool exceptions)
    {
        public bool Garbage { get; set; }

        public void Take(in ModbusPdu pdu)
        {
            if (pdu.IsException && exceptions)
            {
                Add(found, "exception", 1);
            }

            Add(found, $"{pdu.Function} {(pdu.IsRequest ? "request" : "response")}", 1);
        }
    }
}
