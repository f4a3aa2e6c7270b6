using System.Buffers.Binary;

namespace Culvert.Analysis.Modbus;

/// <summary>Cuts the segments of a conversation into PDUs: several in a segment, or one over several. What is kept is at most one ADU per direction.</summary>
internal static class ModbusStream
{
    /// <summary>Called for each PDU.</summary>
    public delegate void PduHandler<TState>(scoped in ModbusPdu pdu, TState state);

    /// <summary>Called with the reason when bytes are no Modbus.</summary>
    public delegate void GarbageHandler<TState>(string reason, TState state);

    public static void Read<TState>(
        ModbusSession session, bool fromClient, uint sequence, ReadOnlySpan<byte> segment, TState state, PduHandler<TState> onPdu, GarbageHandler<TState> onGarbage)
    {
        var direction = fromClient ? 0 : 1;
        segment = session.Accept(direction, sequence, segment);
        if (segment.IsEmpty)
        {
            return;
        }

        Span<byte> joined = stackalloc byte[ModbusSession.MaxAdu * 2];
        ref var left = ref session.LeftLength(direction);
        while (left > 0 && !segment.IsEmpty)
        {
            // Complete the ADU that the last segment cut, then go on in place.
            var wanted = left < 6 ? 6 : 6 + BinaryPrimitives.ReadUInt16BigEndian(session.Left(direction)[4..]);
            var more = Math.Min(wanted - left, segment.Length);
            segment[..more].CopyTo(session.Left(direction)[left..]);
            left += more;
            segment = segment[more..];
            if (left == 6 && BinaryPrimitives.ReadUInt16BigEndian(session.Left(direction)[4..]) is < 2 or > ModbusSession.MaxAdu - 6)
            {
                left = 0;
                onGarbage("a length outside 2 to 262", state);
                return;
            }

            if (left == wanted && left > 6)
            {
                session.Left(direction)[..left].CopyTo(joined);
                Emit(fromClient, joined[..left], state, onPdu);
                left = 0;
            }
        }

        while (segment.Length >= 6)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(segment[4..]);
            if (segment[2] != 0 || segment[3] != 0 || length is < 2 or > ModbusSession.MaxAdu - 6)
            {
                onGarbage(segment[2] != 0 || segment[3] != 0 ? "a protocol identifier other than 0" : $"a length of {length}; expected 2 to 262", state);
                return;
            }

            if (segment.Length < 6 + length)
            {
                break;
            }

            Emit(fromClient, segment[..(6 + length)], state, onPdu);
            segment = segment[(6 + length)..];
        }

        segment.CopyTo(session.Left(direction));
        left = segment.Length;
    }

    private static void Emit<TState>(bool fromClient, ReadOnlySpan<byte> adu, TState state, PduHandler<TState> onPdu)
    {
        var pdu = new ModbusPdu(fromClient, BinaryPrimitives.ReadUInt16BigEndian(adu), adu[6], adu[7], adu[8..]);
        onPdu(in pdu, state);
    }
}
