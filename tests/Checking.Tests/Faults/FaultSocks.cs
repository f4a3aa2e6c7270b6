using Culvert.Cli;

namespace Culvert.Checking.Tests.Faults;

/// <summary>A SOCKS server that answers each request with one reply (RFC 1928, section 6).</summary>
internal static class FaultSocks
{
    public static FaultProxy.Treat Replies(byte reply) => async (stream, token) =>
    {
        var greeting = new byte[2];
        await stream.ReadExactlyAsync(greeting, token);
        await stream.ReadExactlyAsync(new byte[greeting[1]], token);
        await stream.WriteAsync((byte[])[5, 0], token);
        await stream.ReadExactlyAsync(new byte[4], token);
        await stream.WriteAsync((byte[])[5, reply, 0, 1, 0, 0, 0, 0, 0, 0], token);
        await Wire.SilenceAsync(stream, token);
    };
}
