namespace Culvert.Relaying;

/// <summary>A leg as a stream, for layers that want one.</summary>
public sealed class LegStream(Leg leg) : Stream
{
    /// <summary>The leg.</summary>
    public Leg Leg => leg;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (leg.Early.IsEmpty || buffer.IsEmpty)
        {
            return leg.Early.IsEmpty ? ReadLegAsync(buffer, cancellationToken) : ValueTask.FromResult(0);
        }

        var count = Math.Min(buffer.Length, leg.Early.Length);
        leg.Early[..count].CopyTo(buffer);
        leg.Early = leg.Early[count..];
        return ValueTask.FromResult(count);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => leg.WriteAsync(buffer);

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        leg.WriteAsync(buffer.AsMemory(offset, count)).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private ValueTask<int> ReadLegAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var pending = leg.ReadAsync(buffer);
        return pending.IsCompleted || !cancellationToken.CanBeCanceled ? pending : WaitAsync(pending, cancellationToken);
    }

    // A read that is given up leaves the connection in an unknown state: it is of no more use.
    private async ValueTask<int> WaitAsync(ValueTask<int> pending, CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(static l => ((Leg)l!).Abort(), leg))
        {
            try
            {
                var read = await pending;
                cancellationToken.ThrowIfCancellationRequested();
                return read;
            }
            catch (IOException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            leg.Dispose();
        }

        base.Dispose(disposing);
    }
}
