namespace Culvert.Analysis;

/// <summary>A window over a stream: gives spans of so many bytes, reading ahead in large pieces. Never larger than its limit.</summary>
internal sealed class CaptureBuffer(Stream stream, int limit)
{
    private byte[] _bytes = new byte[Math.Min(256 * 1024, limit)];
    private int _start;
    private int _end;

    /// <summary>Offset of the next byte from the start of the stream.</summary>
    public long Offset { get; private set; }

    /// <summary>The bytes that are there though fewer than asked: after a failed <see cref="TryPeek"/>.</summary>
    public int Available => _end - _start;

    /// <summary>The next bytes without taking them; false when the stream ends before.</summary>
    public bool TryPeek(int count, out ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, limit);
        if (_end - _start < count && !Fill(count))
        {
            bytes = default;
            return false;
        }

        bytes = _bytes.AsSpan(_start, count);
        return true;
    }

    public void Skip(int count)
    {
        _start += count;
        Offset += count;
    }

    private bool Fill(int count)
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
        }

        if (count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Min(limit, Math.Max(count, _bytes.Length * 2)));
        }

        while (_end < count)
        {
            var read = stream.Read(_bytes, _end, _bytes.Length - _end);
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }
}
