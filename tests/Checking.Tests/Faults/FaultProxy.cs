using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Culvert.Cli;

namespace Culvert.Checking.Tests.Faults;

/// <summary>Ways in which a proxy can treat a connection.</summary>
internal static class FaultProxy
{
    public delegate Task Treat(NetworkStream stream, CancellationToken cancellationToken);

    /// <summary>A proxy without faults: opens what it is asked for, refuses what is not in its list, answers anything else with 405. Names lead to loopback.</summary>
    /// <param name="allowed">The list; null allows everything.</param>
    /// <param name="credentials">What it asks for; null for nothing.</param>
    /// <param name="eager">Whether it says 200 before it has connected.</param>
    /// <param name="quiet">Whether it says nothing but 200, and closes otherwise.</param>
    /// <param name="okText">The 200 it sends.</param>
    /// <param name="clockOffset">How far its clock, which its other answers show, is from ours; null shows none.</param>
    public static Treat Good(
        Func<HostPort, bool>? allowed = null, string? credentials = null, bool eager = false, bool quiet = false, string okText = "HTTP/1.1 200 OK\r\n\r\n", TimeSpan? clockOffset = null) => async (stream, token) =>
    {
        var head = await Wire.ReadHeadAsync(stream, token);
        if (head is null)
        {
            return;
        }

        var words = head.Split(' ');
        if (words[0] != "CONNECT" || !HostPort.TryParse(words[1], out var destination))
        {
            var date = clockOffset is { } offset ? $"\r\nDate: {(TimeProvider.System.GetUtcNow() + offset).ToString("r", CultureInfo.InvariantCulture)}" : "";
            await RefuseAsync(stream, quiet, $"405 Method Not Allowed{date}", token);
            return;
        }

        if (credentials is not null && !head.Contains($"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}\r\n", StringComparison.Ordinal))
        {
            await Wire.WriteAsync(stream, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"plant\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", token);
            return;
        }

        if (allowed?.Invoke(destination) == false)
        {
            await RefuseAsync(stream, quiet, "403 Forbidden", token);
            return;
        }

        if (eager)
        {
            await Wire.WriteAsync(stream, okText, token);
        }

        using var onward = new TcpClient();
        try
        {
            await onward.ConnectAsync("127.0.0.1", destination.Port, token);
        }
        catch (SocketException)
        {
            if (eager)
            {
                await Wire.SilenceAsync(stream, token);
            }
            else
            {
                await RefuseAsync(stream, quiet, "502 Bad Gateway", token);
            }

            return;
        }

        if (!eager)
        {
            await Wire.WriteAsync(stream, okText, token);
        }

        await Wire.RelayAsync(stream, onward.GetStream(), token);
    };

    /// <summary>Answers every request with this, then closes in order.</summary>
    public static Treat Answers(string raw) => async (stream, token) =>
    {
        if (await Wire.ReadHeadAsync(stream, token) is not null)
        {
            await Wire.WriteAsync(stream, raw, token);
        }
    };

    /// <summary>As <see cref="Answers"/>, with a page.</summary>
    public static Treat Page(string statusLineAndFields, string page) =>
        Answers($"HTTP/1.1 {statusLineAndFields.Trim().ReplaceLineEndings("\r\n")}\r\nContent-Type: text/html\r\nContent-Length: {page.Length.ToString(CultureInfo.InvariantCulture)}\r\nConnection: close\r\n\r\n{page}");

    /// <summary>Accepts, reads, says nothing.</summary>
    public static Treat Silent { get; } = Wire.SilenceAsync;

    /// <summary>Opens and then carries nothing.</summary>
    public static Treat OpensAndIsSilent { get; } = async (stream, token) =>
    {
        if (await Wire.ReadHeadAsync(stream, token) is { } head)
        {
            await Wire.WriteAsync(stream, head.StartsWith("CONNECT", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\n\r\n" : "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n", token);
            await Wire.SilenceAsync(stream, token);
        }
    };

    /// <summary>Gives a sign of life to anything but CONNECT, on which it hangs.</summary>
    public static Treat HangsOnConnect { get; } = async (stream, token) =>
    {
        if (await Wire.ReadHeadAsync(stream, token) is { } head)
        {
            if (!head.StartsWith("CONNECT", StringComparison.Ordinal))
            {
                await Wire.WriteAsync(stream, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", token);
            }

            await Wire.SilenceAsync(stream, token);
        }
    };

    /// <summary>Closes when asked.</summary>
    public static Treat Closes { get; } = async (stream, token) => await Wire.ReadHeadAsync(stream, token);

    /// <summary>Resets when asked.</summary>
    public static Treat Resets { get; } = async (stream, token) =>
    {
        await Wire.ReadHeadAsync(stream, token);
        Wire.Reset(stream);
    };

    /// <summary>Answers the first bytes, whatever they are, with this.</summary>
    public static Treat AnswersAnything(string raw) => async (stream, token) =>
    {
        if (await stream.ReadAsync(new byte[4096], token) > 0)
        {
            await Wire.WriteAsync(stream, raw, token);
        }
    };

    /// <summary>Resets at the first bytes.</summary>
    public static Treat ResetsAtOnce { get; } = async (stream, token) =>
    {
        await stream.ReadExactlyAsync(new byte[8], token);
        Wire.Reset(stream);
    };

    /// <summary>Answers one byte a time, with this in between.</summary>
    public static Treat Slow(string raw, TimeSpan pause) => async (stream, token) =>
    {
        if (await Wire.ReadHeadAsync(stream, token) is null)
        {
            return;
        }

        foreach (var c in raw)
        {
            await Wire.WriteAsync(stream, c.ToString(), token);
            await Task.Delay(pause, TimeProvider.System, token);
        }
    };

    private static async Task RefuseAsync(Stream stream, bool quiet, string status, CancellationToken token)
    {
        if (!quiet)
        {
            await Wire.WriteAsync(stream, $"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", token);
        }
    }
}
