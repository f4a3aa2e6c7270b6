using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Cli;

/// <summary>Destinations on loopback, each of which behaves in one way.</summary>
internal sealed class SuiteDestinations : IAsyncDisposable
{
    public const string Banner = "220 destination speaks first\r\n";

    private readonly Socket _closed;

    private readonly LoopbackServer _echo = new(async (stream, token) => await stream.CopyToAsync(stream, token));

    private readonly LoopbackServer _unlisted = new(async (stream, token) => await stream.CopyToAsync(stream, token));

    private readonly LoopbackServer _speaksFirst = new(async (stream, token) =>
    {
        await Wire.WriteAsync(stream, Banner, token);
        await stream.CopyToAsync(stream, token);
    });

    // Reads to the end, then answers with what it got: shows that each direction ends by itself.
    private readonly LoopbackServer _answersAtEnd = new(async (stream, token) =>
    {
        var got = 0L;
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, token)) > 0;)
        {
            got += read;
        }

        await Wire.WriteAsync(stream, string.Create(CultureInfo.InvariantCulture, $"got {got}"), token);
    });

    private readonly LoopbackServer _closesAfterBanner = new(async (stream, token) => await Wire.WriteAsync(stream, Banner, token));

    private readonly LoopbackServer _resets = new(async (stream, token) =>
    {
        await stream.WriteAsync(new byte[256 * 1024], token);
        Wire.Reset(stream);
    });

    private readonly LoopbackServer _slow = new(async (stream, token) =>
    {
        foreach (var c in Banner)
        {
            await Wire.WriteAsync(stream, c.ToString(), token);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, token);
        }
    });

    public SuiteDestinations()
    {
        (_closed, var port) = LoopbackServer.ClosedPort();
        Refusing = new HostPort("127.0.0.1", port);
    }

    /// <summary>Sends back what it gets.</summary>
    public HostPort Echo => _echo.Address;

    /// <summary>As <see cref="Echo"/>, but never on the proxy's list.</summary>
    public HostPort Unlisted => _unlisted.Address;

    public HostPort SpeaksFirst => _speaksFirst.Address;

    public HostPort AnswersAtEnd => _answersAtEnd.Address;

    public HostPort ClosesAfterBanner => _closesAfterBanner.Address;

    public HostPort Resets => _resets.Address;

    public HostPort Slow => _slow.Address;

    /// <summary>Refuses connections.</summary>
    public HostPort Refusing { get; }

    /// <summary>A name that no resolver knows (RFC 6761, section 6.4).</summary>
    public HostPort Unknown { get; } = new("no-such-name.invalid", 443);

    /// <summary>What the proxy must allow.</summary>
    public IReadOnlyList<HostPort> Listed => [Echo, SpeaksFirst, AnswersAtEnd, ClosesAfterBanner, Resets, Slow, Refusing, Unknown];

    /// <summary>Text of so many bytes that no shift or swap leaves as it is.</summary>
    public static string Pattern(int length)
    {
        var text = new StringBuilder(length);
        for (var i = 0; text.Length < length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i:x},");
        }

        return text.ToString(0, length);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in (LoopbackServer[])[_echo, _unlisted, _speaksFirst, _answersAtEnd, _closesAfterBanner, _resets, _slow])
        {
            await server.DisposeAsync();
        }

        _closed.Dispose();
    }
}
