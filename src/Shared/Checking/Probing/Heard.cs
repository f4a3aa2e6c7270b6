namespace Culvert.Checking;

/// <summary>What came from a peer: how many bytes, and the first of them.</summary>
internal sealed class Heard
{
    private const int MaxKept = 256;
    private readonly byte[] _first = new byte[MaxKept];

    /// <summary>Bytes in all.</summary>
    public int Count { get; private set; }

    /// <summary>The first, at most 256.</summary>
    public byte[] First => _first[..Math.Min(Count, MaxKept)];

    /// <summary>More came.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var room = Math.Max(0, MaxKept - Count);
        bytes[..Math.Min(bytes.Length, room)].CopyTo(_first.AsSpan(Math.Min(Count, MaxKept)));
        Count += bytes.Length;
    }
}
