namespace Culvert.Analysis.Modbus;

/// <summary>One Modbus conversation: what is left of a PDU cut by a segment, per direction, and the requests not yet answered.</summary>
internal sealed class ModbusSession
{
    /// <summary>The largest ADU on TCP: 260 bytes (Modbus Messaging Guide 1.0b, section 4.2), and some for those who exceed it.</summary>
    public const int MaxAdu = 268;

    private const int MaxPending = 16;
    private readonly byte[][] _left = [new byte[MaxAdu], new byte[MaxAdu]];
    private readonly int[] _leftLength = new int[2];
    private readonly uint[] _nextSequence = new uint[2];
    private readonly bool[] _hasSequence = new bool[2];
    private readonly (ushort Transaction, byte Function)[] _pending = new (ushort, byte)[MaxPending];
    private int _pendingNext;

    public void Reset()
    {
        _leftLength.AsSpan().Clear();
        _hasSequence.AsSpan().Clear();
        _pending.AsSpan().Clear();
    }

    public Span<byte> Left(int direction) => _left[direction];

    public ref int LeftLength(int direction) => ref _leftLength[direction];

    /// <summary>What is new of a segment: nothing of a repetition, the rest of one that a sender repeated together with what followed; a gap drops what was left.</summary>
    public ReadOnlySpan<byte> Accept(int direction, uint sequence, ReadOnlySpan<byte> segment)
    {
        if (_hasSequence[direction])
        {
            var ahead = (int)(sequence - _nextSequence[direction]);
            if (ahead < 0)
            {
                var known = -(long)ahead;
                segment = known < segment.Length ? segment[(int)known..] : [];
                if (segment.IsEmpty)
                {
                    return segment;
                }

                sequence = _nextSequence[direction];
            }
            else if (ahead > 0)
            {
                _leftLength[direction] = 0;
            }
        }

        (_hasSequence[direction], _nextSequence[direction]) = (true, sequence + (uint)segment.Length);
        return segment;
    }

    public void Asked(ushort transaction, byte function)
    {
        _pending[_pendingNext] = (transaction, function);
        _pendingNext = (_pendingNext + 1) % MaxPending;
    }

    /// <summary>Whether an answer's function is that of its request; true when the request was not seen.</summary>
    public bool Matches(ushort transaction, byte function)
    {
        var seen = false;
        foreach (var (pendingTransaction, pendingFunction) in _pending)
        {
            if (pendingFunction != 0 && pendingTransaction == transaction)
            {
                if (pendingFunction == function)
                {
                    return true;
                }

                seen = true;
            }
        }

        return !seen;
    }
}
