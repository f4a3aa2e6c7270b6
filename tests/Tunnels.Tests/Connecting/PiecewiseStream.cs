namespace Culvert.Tunnels.Tests;

/// <summary>A stream that gives its bytes in the pieces the test wants, then its end.</summary>
internal sealed class PiecewiseStream(byte[] bytes, params int[] cuts) : Stream
{
    private int _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>What nobody read yet.</summary>
    public byte[] Rest => bytes[_position..];

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var end = cuts.Where(c => c > _position).DefaultIfEmpty(bytes.Length).Min();
        var count = Math.Min(buffer.Length, Math.Min(end, bytes.Length) - _position);
        bytes.AsMemory(_position, count).CopyTo(buffer);
        _position += count;
        return ValueTask.FromResult(count);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
