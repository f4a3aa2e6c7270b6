using System.Net.Security;
using Culvert.Relaying;

namespace Culvert.ProxyHost;

/// <summary>A leg inside TLS.</summary>
internal sealed class SecureLeg(SslStream tls, Leg plain) : Leg
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer) => tls.ReadAsync(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => tls.WriteAsync(bytes);

    public override async ValueTask CompleteWritesAsync()
    {
        await tls.ShutdownAsync();
        await plain.CompleteWritesAsync();
    }

    public override void StopReading() => plain.StopReading();

    public override void Abort()
    {
        plain.Abort();
        tls.Dispose();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            tls.Dispose();
            plain.Dispose();
        }
    }
}
