using System.Buffers.Binary;

namespace Culvert.Analysis.Modbus;

/// <summary>The function codes of Modbus and what each asks (Modbus Application Protocol V1.1b3, section 6).</summary>
internal static class ModbusFunctions
{
    public const byte Diagnostics = 8;
    public const byte EncapsulatedInterface = 43;
    public const byte Umas = 90;

    public static string NameOf(byte function) => function switch
    {
        1 => "read_coils",
        2 => "read_discrete_inputs",
        3 => "read_holding_registers",
        4 => "read_input_registers",
        5 => "write_single_coil",
        6 => "write_single_register",
        7 => "read_exception_status",
        Diagnostics => "diagnostics",
        9 => "program_484",
        10 => "poll_484",
        11 => "get_comm_event_counter",
        12 => "get_comm_event_log",
        13 => "program_584_984",
        14 => "poll_584_984",
        15 => "write_multiple_coils",
        16 => "write_multiple_registers",
        17 => "report_slave_id",
        18 => "program_884_micro84",
        19 => "reset_comm_link",
        20 => "read_file_record",
        21 => "write_file_record",
        22 => "mask_write_register",
        23 => "read_write_multiple_registers",
        24 => "read_fifo_queue",
        40 => "program_concept",
        EncapsulatedInterface => "encapsulated_interface_transport",
        Umas => "umas",
        _ => "unknown",
    };

    /// <summary>Functions of the standard, and those of vendors that are usual in plants.</summary>
    public static bool IsKnown(byte function) => NameOf(function) != "unknown";

    public static bool IsWrite(byte function) => function is 5 or 6 or 15 or 16 or 21 or 22 or 23;

    /// <summary>Functions that load programs or configurations into a controller.</summary>
    public static bool IsProgramming(byte function) => function is 9 or 13 or 18 or 40 or Umas;

    public static string DiagnosticNameOf(int subfunction) => subfunction switch
    {
        0 => "return query data",
        1 => "restart communications option",
        2 => "return diagnostic register",
        3 => "change ASCII input delimiter",
        4 => "force listen only mode",
        10 => "clear counters and diagnostic register",
        11 => "return bus message count",
        12 => "return bus communication error count",
        13 => "return bus exception error count",
        14 => "return server message count",
        15 => "return server no response count",
        16 => "return server NAK count",
        17 => "return server busy count",
        18 => "return bus character overrun count",
        20 => "clear overrun counter and flag",
        _ => "reserved",
    };

    public static string ExceptionNameOf(byte code) => code switch
    {
        1 => "illegal function",
        2 => "illegal data address",
        3 => "illegal data value",
        4 => "server device failure",
        5 => "acknowledge",
        6 => "server device busy",
        7 => "negative acknowledge",
        8 => "memory parity error",
        10 => "gateway path unavailable",
        11 => "gateway target device failed to respond",
        _ => "unassigned",
    };

    /// <summary>Why a request breaks its own rules; null when it does not. Limits are those of the standard's section for the function.</summary>
    public static string? MistakeIn(in ModbusPdu pdu)
    {
        if (!pdu.IsRequest)
        {
            return null;
        }

        var data = pdu.Data;
        return pdu.Function switch
        {
            1 or 2 => Quantity(data, 2000),
            3 or 4 => Quantity(data, 125),
            5 => data.Length != 4 ? Length(4, data) : Value(data) is 0x0000 or 0xFF00 ? null : $"coil value 0x{Value(data):x4}; expected 0x0000 or 0xff00",
            6 => data.Length != 4 ? Length(4, data) : null,
            Diagnostics => data.Length < 4 ? Length(4, data) : null,
            15 => Multiple(data, 1968, bits: true),
            16 => Multiple(data, 123, bits: false),
            22 => data.Length != 6 ? Length(6, data) : null,
            23 => data.Length < 9 ? Length(9, data) : null,
            24 => data.Length != 2 ? Length(2, data) : null,
            0 => "function code 0",
            _ => null,
        };
    }

    /// <summary>First address and count that a request touches; false where it names none.</summary>
    public static bool TryRange(in ModbusPdu pdu, out int address, out int count)
    {
        (address, count) = (0, 0);
        if (!pdu.IsRequest || pdu.Data.Length < 4 || pdu.Function is not ((>= 1 and <= 6) or 15 or 16 or 22 or 23))
        {
            return false;
        }

        address = BinaryPrimitives.ReadUInt16BigEndian(pdu.Data);
        count = pdu.Function is 5 or 6 or 22 ? 1 : Value(pdu.Data);
        return true;
    }

    private static int Value(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadUInt16BigEndian(data[2..]);

    private static string Length(int expected, ReadOnlySpan<byte> data) => $"{data.Length} bytes of data; expected {expected}";

    private static string? Quantity(ReadOnlySpan<byte> data, int max)
    {
        if (data.Length != 4)
        {
            return Length(4, data);
        }

        var quantity = Value(data);
        if (quantity == 0 || quantity > max)
        {
            return $"quantity {quantity}; expected 1 to {max}";
        }

        return BinaryPrimitives.ReadUInt16BigEndian(data) + quantity > 65536 ? "the range ends after address 65535" : null;
    }

    private static string? Multiple(ReadOnlySpan<byte> data, int max, bool bits)
    {
        if (data.Length < 5)
        {
            return Length(5, data);
        }

        var quantity = Value(data);
        if (quantity == 0 || quantity > max)
        {
            return $"quantity {quantity}; expected 1 to {max}";
        }

        var bytes = bits ? (quantity + 7) / 8 : quantity * 2;
        return data[4] != bytes || data.Length != 5 + bytes ? $"byte count {data[4]} with {data.Length - 5} bytes; expected {bytes}" : null;
    }
}
