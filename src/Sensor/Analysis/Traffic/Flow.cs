using Culvert.Analysis.Modbus;

namespace Culvert.Analysis;

/// <summary>What is known of a conversation. Reused: <see cref="Reset"/> makes it new.</summary>
internal sealed class Flow
{
    private const byte MaxAttempts = 12;

    public FlowKey Key { get; private set; }

    public ProtocolId Protocol { get; set; }

    /// <summary>The role of the lower end.</summary>
    public Role LowRole { get; set; }

    public byte Attempts { get; set; }

    public bool GivenUp => Attempts >= MaxAttempts;

    public bool SynFromLow { get; set; }

    public bool SynFromHigh { get; set; }

    public int Generation { get; set; }

    public int RowFromLow { get; set; }

    public int RowFromHigh { get; set; }

    public ModbusSession? Modbus { get; set; }

    public void Reset(FlowKey key)
    {
        Key = key;
        Protocol = ProtocolId.None;
        LowRole = Role.Peer;
        Attempts = 0;
        SynFromLow = SynFromHigh = false;
        Generation = -1;
        RowFromLow = RowFromHigh = -1;
        Modbus?.Reset();
    }
}
