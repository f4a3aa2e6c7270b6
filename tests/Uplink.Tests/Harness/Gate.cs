using System.Collections.Concurrent;

namespace Culvert.Uplink.Tests;

/// <summary>The way to the portal, which a test can mute (nothing comes back) and cut.</summary>
internal sealed class Gate
{
    private readonly ConcurrentBag<GatedStream> _streams = [];
    private volatile bool _muted;

    public async Task<Stream> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var stream = new GatedStream(await InProcessPortal.ConnectAsync(port, cancellationToken));
        _streams.Add(stream);
        if (_muted)
        {
            stream.Mute();
        }

        return stream;
    }

    /// <summary>The connections of now, and those made until the cut, give no more bytes.</summary>
    public void Mute()
    {
        _muted = true;
        foreach (var stream in _streams)
        {
            stream.Mute();
        }
    }

    /// <summary>Cuts what was muted; new connections are well.</summary>
    public void CutAll()
    {
        _muted = false;
        foreach (var stream in _streams)
        {
            stream.Cut();
        }
    }

    private sealed class GatedStream(Stream inner) : Stream
    {
        private readonly CancellationTokenSource _cut = new();
        private volatile bool _mute;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Mute() => _mute = true;

        public void Cut()
        {
            if (_mute)
            {
                _cut.Cancel();
                inner.Dispose();
            }
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            if (_mute)
            {
                using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cut.Token);
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, both.Token);
                }
                catch (OperationCanceledException) when (_cut.IsCancellationRequested)
                {
                    throw new IOException("The link was cut.");
                }
            }

            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _cut.Cancel();
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
