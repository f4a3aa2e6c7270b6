using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;

namespace Culvert.Uplink;

/// <summary>Says of an exception what the network did.</summary>
internal static class FailureReading
{
    private const int MaxEvidence = 512;

    /// <summary>The cause, what was seen, and the trace where a tunnel could not be opened.</summary>
    public static (Cause Cause, string? Evidence, Trace? Trace) Of(Exception failure)
    {
        for (var e = failure; e is not null; e = e.InnerException)
        {
            var cause = e switch
            {
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } => Cause.ConnectionRefused,
                SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => Cause.NameNotFound,
                SocketException { SocketErrorCode: SocketError.TryAgain } => Cause.ResolverUnreachable,
                SocketException { SocketErrorCode: SocketError.TimedOut } => Cause.ConnectionTimedOut,
                SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.HostUnreachable } => Cause.NetworkUnreachable,
                SocketException { SocketErrorCode: SocketError.ConnectionReset } => Cause.ConnectionReset,
                AuthenticationException => Cause.TlsFailed,
                WebSocketException { WebSocketErrorCode: WebSocketError.NotAWebSocket } => Cause.WebSocketBlocked,
                _ => Cause.None,
            };
            if (cause != Cause.None)
            {
                return (cause, Cut(e.Message), null);
            }
        }

        return failure switch
        {
            TimeoutException or OperationCanceledException { InnerException: TimeoutException } => (Cause.NoAnswer, Cut(failure.Message), null),
            OperationCanceledException => (Cause.Cancelled, null, null),
            HttpRequestException { StatusCode: HttpStatusCode.TooManyRequests } => (Cause.Throttled, Cut(failure.Message), null),
            _ => (Cause.ConnectionClosed, Cut(failure.Message), null),
        };
    }

    private static string Cut(string text) => text.Length <= MaxEvidence ? text : text[..MaxEvidence];
}
